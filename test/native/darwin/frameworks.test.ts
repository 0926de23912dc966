// How the calls of Apple's frameworks are declared, against a library in C with the same declarations, as Apple's
// headers have them: a wrong width or a pointer cut short would show. What the library does is made up.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { bindFrameworks } from '../../../src/native/darwin/frameworks.ts'
import { servicesOf } from '../../../src/native/darwin/registry.ts'
import { bind } from '../../../src/native/ffi.ts'
import { needsCompiler } from '../linux/c-program.ts'

const library = String.raw`
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
typedef const void *CFTypeRef; typedef unsigned char Boolean; typedef long CFIndex; typedef unsigned long CFTypeID;
typedef uint32_t mach_port_t; typedef int kern_return_t; typedef uint32_t IOOptionBits; typedef char io_name_t[128];
typedef struct { CFTypeID type; char text[64]; int64_t number; } Object;
static int held = 0;
static Object *create(CFTypeID type) { Object *o = calloc(1, sizeof *o); o->type = type; held++; return o; }
void CFRelease(CFTypeRef o) { held--; free((void *)o); }
CFTypeID CFGetTypeID(CFTypeRef o) { return ((const Object *)o)->type; }
/* Wider than an int. */
CFTypeID CFStringGetTypeID(void) { return 0x100000007ul; }
CFTypeID CFNumberGetTypeID(void) { return 0x100000016ul; }
CFTypeRef CFStringCreateWithCString(CFTypeRef alloc, const char *text, uint32_t encoding) {
  if (alloc || encoding != 0x08000100u) return 0;
  Object *o = create(CFStringGetTypeID()); strncpy(o->text, text, 63); return o;
}
Boolean CFStringGetCString(CFTypeRef s, char *buffer, CFIndex size, uint32_t encoding) {
  const char *text = ((const Object *)s)->text;
  if (encoding != 0x08000100u || (CFIndex)strlen(text) >= size) return 0;
  strcpy(buffer, text); return 1;
}
Boolean CFNumberGetValue(CFTypeRef n, CFIndex type, void *value) {
  if (type != 4) return 0;
  memcpy(value, &((const Object *)n)->number, 8); return 1;
}
CFTypeRef IOServiceMatching(const char *name) { return CFStringCreateWithCString(0, name, 0x08000100u); }
/* One service, 0x80000001 (a number with its top bit set), on one parent; a number that is taken counts as held. */
static int left;
kern_return_t IOServiceGetMatchingServices(mach_port_t port, CFTypeRef matching, uint32_t *existing) {
  int known = port == 0 && strcmp(((const Object *)matching)->text, "IOSerialBSDClient") == 0;
  CFRelease(matching); if (!known) return (int)0xe00002bc;
  left = 1; held++; *existing = 0xf0000000u; return 0;
}
uint32_t IOIteratorNext(uint32_t iterator) { if (iterator != 0xf0000000u || !left) return 0; left--; held++; return 0x80000001u; }
kern_return_t IOObjectRelease(uint32_t object) { held--; return 0; }
kern_return_t IORegistryEntryGetParentEntry(uint32_t entry, const io_name_t plane, uint32_t *parent) {
  if (entry != 0x80000001u || memcmp(plane, "IOService\0", 10)) return (int)0xe00002c0;
  held++; *parent = 0x80000002u; return 0;
}
CFTypeRef IORegistryEntryCreateCFProperty(uint32_t entry, CFTypeRef key, CFTypeRef allocator, IOOptionBits options) {
  const char *name = ((const Object *)key)->text; Object *o;
  if (allocator || options) abort();
  if (entry == 0x80000001u && !strcmp(name, "IOCalloutDevice")) { o = create(CFStringGetTypeID()); strcpy(o->text, "/dev/cu.test"); return o; }
  if (entry == 0x80000002u && !strcmp(name, "locationID")) { o = create(CFNumberGetTypeID()); o->number = 0x1fd110000; return o; }
  if (entry == 0x80000002u && !strcmp(name, "other")) return create(3);
  return 0;
}
int heldCount(void) { return held; }
`

suite('the frameworks of macOS', { skip: needsCompiler }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'baud-frameworks-'))
  after(() => rmSync(folder, { recursive: true }))

  test('arguments and results pass whole, and nothing is left over', () => {
    const file = join(folder, 'frameworks.so')
    writeFileSync(join(folder, 'frameworks.c'), library)
    const compiled = spawnSync('gcc', ['-shared', '-fPIC', '-o', file, join(folder, 'frameworks.c')])
    assert.equal(compiled.status, 0, String(compiled.stderr))
    const frameworks = bindFrameworks(file, file)
    for (let round = 0; round < 100; round += 1) {
      const chains = servicesOf('IOSerialBSDClient', ['IOCalloutDevice', 'locationID', 'other'], frameworks)
      assert.deepEqual(
        chains.map((chain) => chain.map((entry) => Object.fromEntries(entry))),
        [[{ IOCalloutDevice: '/dev/cu.test' }, { locationID: 0x1fd110000 }]],
      )
    }
    assert.throws(() => servicesOf('Another', [], frameworks), /0xe00002bc/)
    const { heldCount } = bind(file, { heldCount: { returns: 'int', takes: [] } })
    assert.equal(heldCount(), 0)
  })
})
