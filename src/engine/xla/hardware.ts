import { existsSync } from 'node:fs'

/** A kind of device, how to see that it is there, and what runs programs on it. */
interface Hardware {
  readonly name: string
  readonly isHere: () => boolean
  readonly packages: readonly string[]
}

/** Packages of PyPI whose wheels hold a plugin, with the version that was opened or run with Lethe. */
const hardware: readonly Hardware[] = [
  {
    name: 'an NVIDIA GPU',
    isHere: () => existsSync('/proc/driver/nvidia/version') || existsSync('/dev/nvidiactl'),
    packages: [
      'jax-cuda13-pjrt',
      'nvidia-cublas',
      'nvidia-cuda-cupti',
      'nvidia-cuda-nvcc',
      'nvidia-cuda-runtime',
      'nvidia-cudnn-cu13',
      'nvidia-cufft',
      'nvidia-cusolver',
      'nvidia-cusparse',
      'nvidia-nccl-cu13',
      'nvidia-nvjitlink',
      'nvidia-nvshmem-cu13',
    ],
  },
  {
    name: 'an AMD GPU',
    isHere: () => existsSync('/dev/kfd'),
    packages: ['jax-rocm7-pjrt'],
  },
  { name: 'a TPU', isHere: () => existsSync('/dev/accel0'), packages: ['libtpu'] },
  { name: 'a CPU', isHere: () => true, packages: ['lammps-jax-pjrt-cpu==0.11.2'] },
]

/** What to install for the hardware of this machine, best first: a sentence a kind. Lethe itself downloads nothing. */
export function adviceLines(): string[] {
  return hardware
    .filter(({ isHere }) => isHere())
    .map(
      ({ name, packages }) =>
        `For ${name}: python3 -m pip install --no-deps --target <folder> ${packages.join(' ')}, then LETHE_PJRT=<folder>.`,
    )
}
