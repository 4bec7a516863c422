class { 'kvmvlan':
  bridges => [
    { 'name' => 'br0', 'trunk-port' => 'eth0', 'trunk-pvid' => 1, 'trunk-tags' => [100, 200, 300],
      'br-pvid' => 1, 'br-tags' => 200 },
  ],
  ports   => [
    { 'name' => 'veth0', 'guest' => 'VM1', 'pvid' => 100, 'tagged' => [200, 300] },
    { 'name' => 'veth1', 'guest' => 'VM2', 'pvid' => 1, 'tagged' => [100, 200] },
    { 'name' => 'veth2', 'guest' => 'VM2', 'pvid' => 300 },
  ],
}
