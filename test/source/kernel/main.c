/* What the tests of src/source take for a kernel: see build.sh. Not a line of it runs. */
#include "locks.h"

const char linux_banner[] =
	"Linux version 6.12.0-splat (test@test) (gcc) #7 SMP PREEMPT Thu Jan 1 00:00:00 UTC 1970\n";
volatile int taken;

__attribute__((noinline)) int lock_acquire(int lock)
{
	taken += lock;
	return taken;
}

__attribute__((noinline)) int take_ba(int lock)
{
	taken++;
	return take_middle(lock) * 2;
}

__attribute__((noinline)) int take_ab(int lock)
{
	int had = taken;

	lock_acquire(lock);
	lock_acquire(had);
	return taken;
}

int start_kernel(void)
{
	return take_ab(1) + take_ba(2) + linux_banner[taken];
}
