import { ServerResponse } from 'node:http';
import { InProcessSystem } from '../support/in-process-system';

let system: InProcessSystem;

beforeAll(async () => {
  system = await InProcessSystem.start();
});

afterAll(() => system.stop());

/** To encode the text takes twenty times as much processor time as to send the bytes. */
it.each(['/openapi.json', '/openapi.yaml', '/openapi-auth.json', '/openapi-all.json'])(
  'the bytes of %s are kept, and its text is not encoded for each answer',
  async (path) => {
    const end = jest.spyOn(ServerResponse.prototype, 'end');
    try {
      const response = await fetch(system.apiUrl + path);
      const size = (await response.arrayBuffer()).byteLength;
      // Other answers of the same process end meanwhile.
      const bodies = (end.mock.calls as unknown[][]).map(([body]) => body);
      const sent = bodies.filter((body) => Buffer.isBuffer(body) && body.length === size);
      expect(sent).toHaveLength(1);
    } finally {
      end.mockRestore();
    }
  },
);
