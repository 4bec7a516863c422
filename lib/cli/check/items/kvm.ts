import type { Facts } from '../facts';
import type { Finding } from '../finding';
import type { FindingCode } from '../finding_code';

/** Checks whether KVM is available, and if not, why: from the CPU's flags, the modules and the kernel's log. */
export function checkKvm({ cpu, kernelLog }: Facts): Finding[] {
  const item = 'kvm';
  const { flags, modules, hasDevice, machine } = cpu;
  if (hasDevice) return [{ item, code: 'ok', level: 'ok', message: '/dev/kvm exists', remedy: null }];
  const fail = (code: FindingCode, message: string, remedy: string): Finding[] => [
    { item, code, level: 'warning', message: `no KVM, so guests are slow: ${message}`, remedy },
  ];
  const toFirmware = 'sudo systemctl reboot --firmware-setup   # turn on VT-x (Intel) or SVM (AMD)';
  const isOff = kernelLog?.some((line) => /kvm.*disabled by bios|VMX.*disabled by BIOS/i.test(line)) === true;
  if (isOff) return fail('kvm-off-in-firmware', 'the BIOS disables it, according to the kernel', toFirmware);
  if (machine !== 'x64') return fail('kvm-no-device', '/dev/kvm does not exist', 'sudo modprobe kvm');
  const flag = ['vmx', 'svm'].find((name) => flags.has(name));
  if (flag !== undefined) {
    const module = flag === 'vmx' ? 'kvm_intel' : 'kvm_amd';
    return modules.has(module)
      ? fail(
          'kvm-no-device',
          `${module} is loaded, but /dev/kvm does not exist`,
          'sudo udevadm trigger --name-match=kvm --settle',
        )
      : fail(
          'kvm-module-not-loaded',
          `the CPU has ${flag}, but the module ${module} is not loaded`,
          `sudo modprobe ${module}`,
        );
  }
  if (flags.has('hypervisor'))
    return fail(
      'kvm-no-nesting',
      'this host is itself a guest, and its CPU has neither vmx nor svm: nested virtualisation is off',
      "virsh edit THIS_GUEST   # on the host below: <cpu mode='host-passthrough'/>, and kvm_intel (or kvm_amd) with nested=1",
    );
  return fail(
    'kvm-not-in-cpu',
    'the CPU shows neither vmx nor svm: it lacks them, or the BIOS disables them',
    toFirmware,
  );
}
