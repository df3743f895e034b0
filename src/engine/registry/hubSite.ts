/** Docker Hub's site, with its documented API: https://docs.docker.com/reference/api/hub/latest/ */
export const hubSite = 'https://hub.docker.com';
