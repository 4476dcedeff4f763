/* What the tests of src/source take for a module: two sections of code, so that an address alone is no place. */
#include "locks.h"

__attribute__((section(".modinfo"), used)) static const char vermagic[] = "vermagic=6.12.0-splat SMP preempt ";

__attribute__((noinline)) int splat_take(int lock)
{
	return take_middle(lock) ^ 5;
}

__attribute__((noinline, section(".text.unlikely"))) int splat_exit(int lock)
{
	return lock_acquire(lock) - 9;
}
