# Links go and change, a folder becomes a file, a file a folder.
FROM localhost/debian
RUN --mount=type=bind,source=node,target=/packages dpkg --force-depends --unpack /packages/*.deb \
 && rm /opt/sh /opt/dangling && ln -s /elsewhere /opt/dangling \
 && rm -rf /usr/share/man && touch /usr/share/man && rm /usr/bin/yes && mkdir /usr/bin/yes
CMD ["node"]
