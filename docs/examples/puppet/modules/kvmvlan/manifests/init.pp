# The conf files of kvmvlan: validated on the host, put in place, applied. See the README of this folder.
class kvmvlan (
  Array[Hash] $bridges,                                # the sections of bridge_init.conf
  Array[Hash] $ports,                                  # the sections of vlan_filtering.conf
  String $command = '/etc/libvirt/hooks/bin/kvmvlan',
  String $conf    = '/etc/libvirt/hooks/conf',
  String $trial   = '/etc/libvirt/kvmvlan-trial',      # only root may write to it and to the folders above
  String $pending = '/var/lib/kvmvlan/pending.json',   # exists while a change waits to be confirmed
) {
  $files = { 'bridge_init' => $bridges, 'vlan_filtering' => $ports }
  $same = $files.keys.map |$name| { "cmp -s ${trial}/conf/${name}.conf ${conf}/${name}.conf" }.join(' && ')

  Exec { path => '/usr/sbin:/usr/bin:/sbin:/bin', provider => 'shell' }

  file { [$trial, "${trial}/conf"]: ensure => directory, mode => '0755' }

  $files.each |$name, $sections| {
    file { "${trial}/conf/${name}.conf":
      content => epp('kvmvlan/conf.epp', { 'sections' => $sections }),
      mode    => '0644',
      before  => Exec['kvmvlan: validate'],
    }
    file { "${conf}/${name}.conf":
      source  => "${trial}/conf/${name}.conf",
      mode    => '0644',
      require => Exec['kvmvlan: validate'],
      notify  => Exec['kvmvlan: apply'],
    }
  }

  # Its rollback would also undo what is written here.
  exec { 'kvmvlan: no change waits to be confirmed':
    command   => "echo 'An earlier change waits to be confirmed. On the host, run `kvmvlan confirm` or `kvmvlan undo`.'; exit 1",
    onlyif    => "test -e ${pending}",
    logoutput => on_failure,
    before    => Exec['kvmvlan: validate'],
  }

  # 0: nothing to do, 1: changes, else an error. A change with a risk for the host's connection is not for an agent.
  exec { 'kvmvlan: validate':
    command   => "plan=\$(${command} --root ${trial} plan --json); status=\$?
      printf '%s\\n' \"\$plan\"
      test \$status -le 1 && printf '%s' \"\$plan\" | grep -q '\"risks\": \\[\\]'",
    unless    => $same,
    logoutput => on_failure,
  }

  # Also if the kernel needs no change: then kvmvlan records the texts as those to which it can roll back.
  exec { 'kvmvlan: apply':
    command     => "${command} apply --yes",
    refreshonly => true,
    logoutput   => on_failure,
  }

  exec { 'kvmvlan: undo drift':
    command   => "${command} apply --yes",
    onlyif    => "${command} plan --json >/dev/null; test \$? -eq 1",
    require   => Exec['kvmvlan: apply'],
    logoutput => on_failure,
  }
}
