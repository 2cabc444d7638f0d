import type { WriteAheadLog } from './access-event.store';
import { EventBase } from './event-base';

const at = (snapshot: string) => ({ source: '1-00000001', snapshot });
const BEGIN = at('10:10:');

const read = (snapshot: string, log: WriteAheadLog) => ({
  position: at(snapshot),
  events: [],
  ...log,
});

describe('EventBase', () => {
  it('moves to a position when the log before it is safe', () => {
    const base = new EventBase(BEGIN);
    base.take(read('20:20:', { written: 300, flushed: 200, checkpoint: '0/1' }));
    expect(base.position).toEqual(BEGIN);
    base.take(read('20:20:', { written: 300, flushed: 300, checkpoint: '0/1' }));
    expect(base.position).toEqual(at('20:20:'));
  });

  it('does not move to a position that a crash has lost, when the log has grown past it', () => {
    const base = new EventBase(BEGIN);
    base.take(read('20:20:', { written: 300, flushed: 200, checkpoint: '0/1' }));
    base.take(read('12:12:', { written: 400, flushed: 400, checkpoint: '0/2' }));
    expect(base.position).toEqual(at('12:12:'));
  });
});
