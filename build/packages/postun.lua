-- After the last version was removed: puts back the hooks that rpm or install.sh set aside, and the scripts of the
-- predecessor that the installation set aside.
if tonumber(arg[2]) == 0 then
  local root = '/etc/libvirt/hooks/'
  local aside = '.before-kvmvlan.bak'
  local function put_back(kept, path)
    if posix.stat(kept) and not posix.stat(path) then os.rename(kept, path) end
  end
  for _, folder in ipairs(posix.dir(root) or {}) do
    if folder:find('%.d$') then
      for _, name in ipairs({ 'bridge_init.py', 'vlan_filtering.py' }) do
        local script = root .. folder .. '/' .. name
        put_back(script .. aside, script)
      end
    end
  end
  for _, name in ipairs({ 'daemon', 'network', 'qemu', 'lxc', 'libxl' }) do
    put_back(root .. name .. '.rpmorig', root .. name)
    put_back(root .. name .. aside, root .. name)
  end
  for _, name in ipairs(posix.dir('/var/cache/kvmvlan') or {}) do
    if name ~= '.' and name ~= '..' then os.remove('/var/cache/kvmvlan/' .. name) end
  end
  os.remove('/var/cache/kvmvlan')
end
