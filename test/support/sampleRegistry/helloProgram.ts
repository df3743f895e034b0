export type HelloArchitecture = 'amd64' | 'arm64' | 'arm';

/**
 * A static Linux program of a few hundred bytes that prints a line and ends: what makes the sample images truly
 * different from platform to platform, and runnable. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html
 */
export function helloProgram(architecture: HelloArchitecture, line: string): Buffer {
  const message = Buffer.from(`${line}\n`);
  const code = Buffer.concat([machineCode[architecture](message.length), message]);
  return architecture === 'arm' ? elf32(code) : elf64(architecture, code);
}

/** A program as {@link helloProgram} that waits until it is ended: what keeps a container running. */
export function waitingProgram(architecture: 'amd64' | 'arm64'): Buffer {
  return elf64(architecture, waitingCode[architecture]);
}

/** for (;;) pause(), or what there is in its place: ppoll(0, 0, 0, 0). */
const waitingCode = {
  amd64: Buffer.from('b8220000000f05ebf7', 'hex'),
  get arm64(): Buffer {
    const movz = (register: number, value: number) => 0xd2800000 + value * 32 + register;
    const sixInstructionsBack = 0x17fffffa;
    return words([
      movz(8, 73),
      movz(0, 0),
      movz(1, 0),
      movz(2, 0),
      movz(3, 0),
      0xd4000001,
      sixInstructionsBack,
    ]);
  },
};

/** write(1, message, length); exit(0), with the message right behind. */
const machineCode: Record<HelloArchitecture, (length: number) => Buffer> = {
  amd64(length) {
    const code = Buffer.from('b801000000bf01000000488d3510000000ba000000000f05b83c00000031ff0f05', 'hex');
    code.writeUInt32LE(length, 18);
    return code;
  },
  arm64(length) {
    const movz = (register: number, value: number) => 0xd2800000 + value * 32 + register;
    const messageAddressInX1 = 0x100000c1;
    const supervisorCall = 0xd4000001;
    return words(
      [movz(8, 64), movz(0, 1), messageAddressInX1, movz(2, length), supervisorCall],
      [movz(8, 93), movz(0, 0), supervisorCall],
    );
  },
  arm(length) {
    const movw = (register: number, value: number) =>
      0xe3000000 + (value >> 12) * 0x10000 + register * 0x1000 + (value & 0xfff);
    const messageAddressInR1 = 0xe28f1010;
    const supervisorCall = 0xef000000;
    return words(
      [movw(7, 4), movw(0, 1), messageAddressInR1, movw(2, length), supervisorCall],
      [movw(7, 1), movw(0, 0), supervisorCall],
    );
  },
};

function words(...groups: number[][]): Buffer {
  const values = groups.flat();
  const code = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    code.writeUInt32LE(value, index * 4);
  });
  return code;
}

const loadAddress = 0x400000;

function elf64(architecture: 'amd64' | 'arm64', code: Buffer): Buffer {
  const headers = Buffer.alloc(64 + 56);
  const size = BigInt(headers.length + code.length);
  headers.write('7f454c46020101', 'hex');
  headers.writeUInt16LE(2, 16);
  headers.writeUInt16LE(architecture === 'amd64' ? 62 : 183, 18);
  headers.writeUInt32LE(1, 20);
  headers.writeBigUInt64LE(BigInt(loadAddress + headers.length), 24);
  headers.writeBigUInt64LE(64n, 32);
  headers.writeUInt16LE(64, 52);
  headers.writeUInt16LE(56, 54);
  headers.writeUInt16LE(1, 56);
  headers.writeUInt32LE(1, 64);
  headers.writeUInt32LE(5, 68);
  headers.writeBigUInt64LE(BigInt(loadAddress), 80);
  headers.writeBigUInt64LE(BigInt(loadAddress), 88);
  headers.writeBigUInt64LE(size, 96);
  headers.writeBigUInt64LE(size, 104);
  headers.writeBigUInt64LE(0x10000n, 112);
  return Buffer.concat([headers, code]);
}

function elf32(code: Buffer): Buffer {
  const headers = Buffer.alloc(52 + 32);
  const size = headers.length + code.length;
  const eabi5 = 0x05000000;
  headers.write('7f454c46010101', 'hex');
  headers.writeUInt16LE(2, 16);
  headers.writeUInt16LE(40, 18);
  const fields = [1, loadAddress + headers.length, 52, 0, eabi5];
  fields.forEach((value, index) => {
    headers.writeUInt32LE(value, 20 + index * 4);
  });
  headers.writeUInt16LE(52, 40);
  headers.writeUInt16LE(32, 42);
  headers.writeUInt16LE(1, 44);
  const segment = [1, 0, loadAddress, loadAddress, size, size, 5, 0x10000];
  segment.forEach((value, index) => {
    headers.writeUInt32LE(value, 52 + index * 4);
  });
  return Buffer.concat([headers, code]);
}
