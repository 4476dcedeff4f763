/* A function of a name that another file has, too. */
#include "locks.h"

static __attribute__((noinline)) int take_twice(int lock)
{
	return lock_acquire(lock + SALT) + taken;
}

int SECOND(int lock)
{
	return take_twice(lock) + 1;
}
