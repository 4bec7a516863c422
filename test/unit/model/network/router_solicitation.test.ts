import { parseMac } from '../../../../lib/model/address/mac';
import { routerSolicitation } from '../../../../lib/model/network/router_solicitation';

test('it is what Linux sends before it has an address', () => {
  const frame = Buffer.from(routerSolicitation(parseMac('52:54:00:00:00:03') ?? [])).toString('hex');
  expect(frame).toBe(
    [
      ...['333300000002', '525400000003', '86dd'],
      ...['60000000', '0008', '3a', 'ff', '0'.repeat(32), `ff02${'0'.repeat(27)}2`],
      ...['85', '00', '7bb8', '00000000'],
    ].join(''),
  );
});
