import { bridgeOfNetwork } from '../../../../lib/model/guest/bridge_of_network';
import { fixture } from './fixtures';

test.each([
  ['a network', "<network><name>lan</name><bridge name='br0' stp='on'/></network>", 'br0'],
  [
    'a status file',
    "<!-- x --><networkstatus><class_id bitmap='0-2'/><network><bridge name='br0'/></network></networkstatus>",
    'br0',
  ],
  ['none', "<network><name>lan</name><forward mode='passthrough'/></network>", null],
  [
    'one in its metadata only',
    "<network><metadata><bridge xmlns='u' name='evil'/><x:bridge xmlns:x='u' name='evil'/></metadata></network>",
    null,
  ],
  [
    'one in metadata that are no XML, before its own',
    "<network><metadata><x:a xmlns:x='u<v'>&foo;<y:z/></x:a></metadata><bridge name='br0'/></network>",
    'br0',
  ],
  ['one in a comment', "<network><!-- <bridge name='old'/> --><bridge name='br0'/></network>", 'br0'],
  ['one in another element', "<network><x><bridge name='no'/></x></network>", null],
  ['a name with an entity', "<network><bridge name='a&amp;b'/></network>", 'a&b'],
  ['what is no network', "<domain><bridge name='br0'/></domain>", null],
  ['what is cut off', "<network><bridge name='br0'/>", null],
  ['nothing', '', null],
])('%s', (_, xml, bridge) => {
  expect(bridgeOfNetwork(xml)?.name ?? null).toBe(bridge);
});

test('what a real libvirtd gives its hooks is no network alone', () => {
  const hook = fixture('network_start_begin');
  expect(bridgeOfNetwork(hook)).toBeNull();
  expect(bridgeOfNetwork(/<network>[^]*<\/network>/.exec(hook)?.[0] ?? '')).toEqual({
    name: 'br0',
    macTableManager: 'kernel',
  });
});

test('one whose forwarding table libvirt writes', () => {
  const xml = "<network><name>lan</name><bridge name='br0' stp='on' macTableManager='libvirt'/></network>";
  expect(bridgeOfNetwork(xml)).toEqual({ name: 'br0', macTableManager: 'libvirt' });
});
