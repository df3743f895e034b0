import { type ConfigField, containerConfigFields, healthFields } from '../oci/containerConfigDocument.ts';
import { asObject, type JsonObject, optional } from '../oci/json.ts';

/**
 * The document of `image inspect` as a row: Docker's fields and values, only that what has no value is `null`, where
 * Docker has an empty text or leaves the field out. Texts within lists and labels are the image's own and stay.
 */
export function inspectionRow(document: JsonObject): JsonObject {
  return withNulls({
    ...document,
    Config: optional(document.Config, 'Config', configRow) ?? null,
    ContainerConfig: optional(document.ContainerConfig, 'ContainerConfig', configRow) ?? null,
    RootFS: { Layers: null, ...asObject(document.RootFS, 'RootFS') },
    Variant: document.Variant ?? null,
    OsVersion: document.OsVersion ?? null,
  });
}

function configRow(config: unknown, what: string): JsonObject {
  const row = withFields(containerConfigFields, asObject(config, what));
  return { ...row, Healthcheck: optional(row.Healthcheck, what, healthRow) ?? null };
}

function healthRow(health: unknown, what: string): JsonObject {
  return withFields(healthFields, asObject(health, what));
}

function withFields(fields: readonly ConfigField[], object: JsonObject): JsonObject {
  return withNulls(Object.fromEntries(fields.map(({ name }) => [name, object[name] ?? null])));
}

function withNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, value === '' ? null : value]),
  );
}
