type Tables = Record<string, { name: string; columns: Record<string, string> }>;

type Mapping<T extends Tables> = {
  [Model in keyof T]: { modelName: T[Model]['name']; fields: Omit<T[Model]['columns'], 'id'> };
};

/** Contract names → a plugin's models and fields. `id` is called `id` everywhere. */
export function toTableMapping<T extends Tables>(tables: T): Mapping<T> {
  const models = Object.entries(tables).map(([model, { name, columns }]) => {
    const { id: _id, ...fields } = columns;
    return [model, { modelName: name, fields }];
  });
  return Object.fromEntries(models) as Mapping<T>;
}
