/* What the tests of src/source take for a kernel's header: functions that are inlined. */
extern volatile int taken;
int lock_acquire(int lock);

static inline __attribute__((always_inline)) int take_inner(int lock)
{
	return lock_acquire(lock) + taken;
}

static inline __attribute__((always_inline)) int take_middle(int lock)
{
	return take_inner(lock + 1) + 3;
}
