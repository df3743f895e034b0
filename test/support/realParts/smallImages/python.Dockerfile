# Files and whole folders go, files and their modes change.
FROM localhost/debian
RUN --mount=type=bind,source=python,target=/packages dpkg --force-depends --unpack /packages/*.deb \
 && rm -rf /usr/share/doc && rm /opt/odd/gone \
 && echo 'VARIANT=python' >> /usr/lib/os-release && chmod 0700 /usr/bin/tar
CMD ["python3.11"]
