type Tables = Record<string, { name: string; columns: Record<string, string> }>;

type Mapping<T extends Tables> = {
  [Model in keyof T]: { modelName: T[Model]['name']; fields: Omit<T[Model]['columns'], 'id'> };
};

/**
 * Maps the names of the contract to the models and fields of a plugin. `id` has the same name in
 * all tables.
 */
export function toTableMapping<T extends Tables>(tables: T): Mapping<T> {
  const models = Object.entries(tables).map(([model, { name, columns }]) => {
    const { id: _id, ...fields } = columns;
    return [model, { modelName: name, fields }];
  });
  return Object.fromEntries(models) as Mapping<T>;
}
