import fc from 'fast-check';
import { BoundedMap } from './bounded-map';
import { SEED } from '../../../test/fuzz/seed';

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');

const step = fc.oneof(
  fc.record({ do: fc.constantFrom('set' as const, 'get' as const, 'delete' as const), key }),
  fc.record({ do: fc.constant('clear' as const), key }),
);

describe('a map of limited size', () => {
  it('never holds more than its capacity, never a value that was replaced or deleted', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 2, max: 7 }),
        (steps, capacity) => {
          const map = new BoundedMap<number>(capacity);
          const model = new Map<string, number>();
          steps.forEach(({ do: action, key: name }, index) => {
            if (action === 'set') {
              map.set(name, index);
              model.set(name, index);
            } else if (action === 'get') {
              const value = map.get(name);
              if (value !== undefined) expect(value).toBe(model.get(name));
            } else if (action === 'delete') {
              map.delete(name);
              model.delete(name);
            } else {
              map.clear();
              model.clear();
            }
            expect(map.size).toBeLessThanOrEqual(capacity);
          });
        },
      ),
      { seed: SEED },
    );
  });

  it('keeps what was used last, half of its capacity at least', () => {
    const map = new BoundedMap<number>(8);
    for (let index = 0; index < 100; index += 1) {
      map.set(`key ${index}`, index);
      expect(map.get('key 0')).toBe(0);
    }
    for (let index = 97; index < 100; index += 1) expect(map.get(`key ${index}`)).toBe(index);
    expect(map.get('key 1')).toBeUndefined();
  });
});
