// SPDX-License-Identifier: GPL-2.0
/*
 * Provokes reports of the kernel's lock checking, one scenario a boot: write a
 * scenario's name to splat in debugfs. scenarios.tsv lists the names, and the
 * report that each must print.
 *
 * Most scenarios could not hang a machine: lockdep reports an order of locks,
 * not a deadlock. Where a scenario breaks a lock for good, nothing takes it
 * afterwards.
 */
#include <linux/completion.h>
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/kobject.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/local_lock.h>
#include <linux/lockdep.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu-rwsem.h>
#include <linux/percpu.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/rtmutex.h>
#include <linux/rwsem.h>
#include <linux/sched/mm.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/srcu.h>
#include <linux/sysfs.h>
#include <linux/sysrq.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <linux/ww_mutex.h>

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_MUTEX(lock_c);
static DEFINE_SPINLOCK(spin_a);
static DEFINE_SPINLOCK(spin_b);
static DEFINE_SPINLOCK(spin_c);
static DEFINE_RAW_SPINLOCK(raw_a);
static DEFINE_RAW_SPINLOCK(raw_b);
static DEFINE_RAW_SPINLOCK(raw_c);
static DECLARE_RWSEM(rw_a);
static DECLARE_RWSEM(rw_b);
static DEFINE_RWLOCK(rwl_a);
static DEFINE_RT_MUTEX(rt_a);
static DEFINE_RT_MUTEX(rt_b);
DEFINE_STATIC_SRCU(splat_srcu);
DEFINE_STATIC_PERCPU_RWSEM(pcpu_a);
static DEFINE_WW_CLASS(splat_ww);

/* Locks in allocated memory: one class, as many instances as a scenario needs. */
struct dev {
	struct mutex lock;
	spinlock_t slock;
};

static struct dev *dev_alloc(void)
{
	struct dev *d = kzalloc(sizeof(*d), GFP_KERNEL | __GFP_NOFAIL);

	mutex_init(&d->lock);
	spin_lock_init(&d->slock);
	return d;
}

struct job {
	void (*run)(void);
	struct completion done;
};

static int job_thread(void *data)
{
	struct job *job = data;

	job->run();
	complete(&job->done);
	return 0;
}

static void run_in_thread(const char *comm, void (*run)(void))
{
	struct job job = { .run = run };
	struct task_struct *task;

	init_completion(&job.done);
	task = kthread_run(job_thread, &job, "%s", comm);
	if (!IS_ERR(task))
		wait_for_completion(&job.done);
}

static void (*interrupt_work)(void);
static DECLARE_COMPLETION(interrupt_done);

static enum hrtimer_restart hardirq_fn(struct hrtimer *timer)
{
	interrupt_work();
	complete(&interrupt_done);
	return HRTIMER_NORESTART;
}

static void run_in_hardirq(void (*work)(void))
{
	static struct hrtimer timer;

	interrupt_work = work;
	reinit_completion(&interrupt_done);
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(&timer, hardirq_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
#else
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_HARD);
	timer.function = hardirq_fn;
#endif
	hrtimer_start(&timer, ms_to_ktime(1), HRTIMER_MODE_REL_HARD);
	wait_for_completion(&interrupt_done);
}

static void softirq_fn(struct timer_list *timer)
{
	interrupt_work();
	complete(&interrupt_done);
}

static DEFINE_TIMER(softirq_timer, softirq_fn);

static void run_in_softirq(void (*work)(void))
{
	interrupt_work = work;
	reinit_completion(&interrupt_done);
	mod_timer(&softirq_timer, jiffies + 2);
	wait_for_completion(&interrupt_done);
}

/* ---- circular */

static noinline void take_ab(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);
}

static noinline void take_ba(void)
{
	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static noinline void take_bc(void)
{
	mutex_lock(&lock_b);
	mutex_lock(&lock_c);
	mutex_unlock(&lock_c);
	mutex_unlock(&lock_b);
}

static noinline void take_ca(void)
{
	mutex_lock(&lock_c);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_c);
}

/* The comms hold a slash, a space and a colon, which the reports print as they are. */
static noinline void abba(void)
{
	run_in_thread("splat/ab", take_ab);
	run_in_thread("splat ba:1", take_ba);
}

static noinline void abbcca(void)
{
	take_ab();
	take_bc();
	take_ca();
}

static noinline void rwsem(void)
{
	down_read(&rw_a);
	down_write(&rw_b);
	up_write(&rw_b);
	up_read(&rw_a);

	down_write(&rw_b);
	down_read(&rw_a);
	up_read(&rw_a);
	up_write(&rw_b);
}

static noinline void rlock(void)
{
	read_lock(&rwl_a);
	spin_lock(&spin_c);
	spin_unlock(&spin_c);
	read_unlock(&rwl_a);

	spin_lock(&spin_c);
	write_lock(&rwl_a);
	write_unlock(&rwl_a);
	spin_unlock(&spin_c);
}

static noinline void srcu(void)
{
	int idx = srcu_read_lock(&splat_srcu);

	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	srcu_read_unlock(&splat_srcu, idx);

	mutex_lock(&lock_a);
	synchronize_srcu(&splat_srcu);
	mutex_unlock(&lock_a);
}

static bool work_only_sleeps;

static void work_fn(struct work_struct *work)
{
	if (work_only_sleeps) {
		msleep(100);
		return;
	}
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
}

static DECLARE_WORK(splat_work, work_fn);

/*
 * The first run teaches lockdep that the work takes lock_a. The second, which
 * is flushed under lock_a, only sleeps: the deadlock would be a real one.
 */
static noinline void workqueue(void)
{
	struct workqueue_struct *wq = alloc_ordered_workqueue("splat-wq", WQ_MEM_RECLAIM);

	queue_work(wq, &splat_work);
	flush_work(&splat_work);

	work_only_sleeps = true;
	queue_work(wq, &splat_work);
	mutex_lock(&lock_a);
	flush_work(&splat_work);
	mutex_unlock(&lock_a);
}

static noinline void flushwq(void)
{
	struct workqueue_struct *wq = alloc_workqueue("splat-wq%d", WQ_UNBOUND, 0, 7);

	queue_work(wq, &splat_work);
	flush_workqueue(wq);

	work_only_sleeps = true;
	queue_work(wq, &splat_work);
	mutex_lock(&lock_a);
	flush_workqueue(wq);
	mutex_unlock(&lock_a);
}

static noinline void percpurwsem(void)
{
	percpu_down_read(&pcpu_a);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	percpu_up_read(&pcpu_a);

	mutex_lock(&lock_a);
	percpu_down_write(&pcpu_a);
	percpu_up_write(&pcpu_a);
	mutex_unlock(&lock_a);
}

static noinline void cpuhp(void)
{
	cpus_read_lock();
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	cpus_read_unlock();

	mutex_lock(&lock_a);
	cpus_read_lock();
	cpus_read_unlock();
	mutex_unlock(&lock_a);
}

static noinline void mmap_lock(void)
{
	mmap_read_lock(current->mm);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mmap_read_unlock(current->mm);

	mutex_lock(&lock_a);
	might_fault();
	mutex_unlock(&lock_a);
}

static noinline void fsreclaim(void)
{
	mutex_lock(&lock_a);
	kfree(kmalloc(128, GFP_KERNEL));
	mutex_unlock(&lock_a);

	fs_reclaim_acquire(GFP_KERNEL);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	fs_reclaim_release(GFP_KERNEL);
}

/* The scope takes __GFP_FS away: a report says that fs_reclaim_acquire() did not look at it. */
static noinline void fsreclaim_nofs(void)
{
	unsigned int flags;

	mutex_lock(&lock_a);
	flags = memalloc_nofs_save();
	kfree(kmalloc(128, GFP_KERNEL));
	memalloc_nofs_restore(flags);
	mutex_unlock(&lock_a);

	fs_reclaim_acquire(GFP_KERNEL);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	fs_reclaim_release(GFP_KERNEL);
}

static unsigned long splat_count_objects(struct shrinker *shrinker, struct shrink_control *sc)
{
	return 1;
}

static unsigned long splat_scan_objects(struct shrinker *shrinker, struct shrink_control *sc)
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	return SHRINK_STOP;
}

static void splat_shrinker_register(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	struct shrinker *shrinker = shrinker_alloc(0, "splat-shrinker");

	shrinker->count_objects = splat_count_objects;
	shrinker->scan_objects = splat_scan_objects;
	shrinker_register(shrinker);
#else
	static struct shrinker shrinker = {
		.count_objects = splat_count_objects,
		.scan_objects = splat_scan_objects,
		.seeks = DEFAULT_SEEKS,
	};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
	register_shrinker(&shrinker, "splat-shrinker");
#else
	register_shrinker(&shrinker);
#endif
#endif
}

static noinline void shrinker(void)
{
	struct page *page, *next;
	LIST_HEAD(pages);

	splat_shrinker_register();
	mutex_lock(&lock_a);
	kfree(kmalloc(64, GFP_KERNEL));
	mutex_unlock(&lock_a);

	/* Reclaim calls the shrinker once memory is short. */
	while ((page = alloc_page(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)))
		list_add(&page->lru, &pages);
	list_for_each_entry_safe(page, next, &pages, lru)
		__free_page(page);
}

static int splat_invalidate_range_start(struct mmu_notifier *mn,
					const struct mmu_notifier_range *range)
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	return 0;
}

static const struct mmu_notifier_ops splat_mmu_notifier_ops = {
	.invalidate_range_start = splat_invalidate_range_start,
};

static struct mmu_notifier splat_mmu_notifier = { .ops = &splat_mmu_notifier_ops };

static void splat_invalidate(void)
{
	unsigned long addr;

	if (mmu_notifier_register(&splat_mmu_notifier, current->mm))
		return;
	addr = vm_mmap(NULL, 0, PAGE_SIZE * 4, PROT_READ | PROT_WRITE,
		       MAP_ANONYMOUS | MAP_PRIVATE | MAP_POPULATE, 0);
	vm_munmap(addr, PAGE_SIZE * 4);
}

static noinline void mmunotifier(void)
{
	splat_invalidate();
	mutex_lock(&lock_a);
	kfree(kmalloc(256, GFP_KERNEL));
	mutex_unlock(&lock_a);
}

/* Reclaim calls notifiers whether or not it may enter file systems. */
static noinline void mmunotifier_nofs(void)
{
	unsigned int flags;

	splat_invalidate();
	mutex_lock(&lock_a);
	flags = memalloc_nofs_save();
	kfree(kmalloc(256, GFP_KERNEL));
	memalloc_nofs_restore(flags);
	mutex_unlock(&lock_a);
}

static ssize_t splat_attr_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	msleep(1000);
	return 0;
}

static struct kobj_attribute splat_attr = __ATTR_RO(splat_attr);

static int read_splat_attr(void *unused)
{
	struct file *file = filp_open("/sys/kernel/splat/splat_attr", O_RDONLY, 0);
	char byte;

	if (!IS_ERR(file)) {
		kernel_read(file, &byte, 1, NULL);
		filp_close(file, NULL);
	}
	return 0;
}

/* The removal waits, and so reports, only while a reader is still inside. */
static noinline void kernfs(void)
{
	struct kobject *kobj = kobject_create_and_add("splat", kernel_kobj);

	if (!kobj || sysfs_create_file(kobj, &splat_attr.attr))
		return;
	kthread_run(read_splat_attr, NULL, "splat-reader");
	msleep(200);
	mutex_lock(&lock_a);
	sysfs_remove_file(kobj, &splat_attr.attr);
	mutex_unlock(&lock_a);
}

/* ---- recursive and nested */

static noinline void aa(void)
{
	struct dev *x = dev_alloc(), *y = dev_alloc();

	mutex_lock(&x->lock);
	mutex_lock(&y->lock);
	mutex_unlock(&y->lock);
	mutex_unlock(&x->lock);
}

static noinline void aanested(void)
{
	struct dev *x = dev_alloc(), *y = dev_alloc(), *z = dev_alloc();

	mutex_lock(&x->lock);
	mutex_lock_nested(&y->lock, SINGLE_DEPTH_NESTING);
	mutex_lock_nested(&z->lock, SINGLE_DEPTH_NESTING);
	mutex_unlock(&z->lock);
	mutex_unlock(&y->lock);
	mutex_unlock(&x->lock);
}

static noinline void ww(void)
{
	struct ww_mutex first, second;

	ww_mutex_init(&first, &splat_ww);
	ww_mutex_init(&second, &splat_ww);
	ww_mutex_lock(&first, NULL);
	ww_mutex_lock(&second, NULL);
	ww_mutex_unlock(&second);
	ww_mutex_unlock(&first);
}

static noinline void nest(void)
{
	struct dev *x = dev_alloc();

	mutex_lock_nest_lock(&x->lock, &lock_a);
	mutex_unlock(&x->lock);
}

/* ---- interrupts */

static noinline void take_raw_a(void)
{
	raw_spin_lock(&raw_a);
	raw_spin_unlock(&raw_a);
}

static noinline void take_raw_b(void)
{
	raw_spin_lock(&raw_b);
	raw_spin_unlock(&raw_b);
}

static noinline void take_raw_c(void)
{
	raw_spin_lock(&raw_c);
	raw_spin_unlock(&raw_c);
}

static noinline void take_spin_a(void)
{
	spin_lock(&spin_a);
	spin_unlock(&spin_a);
}

static noinline void take_spin_b(void)
{
	spin_lock(&spin_b);
	spin_unlock(&spin_b);
}

static noinline void take_raw_ab_irqs_off(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&raw_a, flags);
	raw_spin_lock(&raw_b);
	raw_spin_unlock(&raw_b);
	raw_spin_unlock_irqrestore(&raw_a, flags);
}

static noinline void take_raw_bc_irqs_off(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&raw_b, flags);
	raw_spin_lock(&raw_c);
	raw_spin_unlock(&raw_c);
	raw_spin_unlock_irqrestore(&raw_b, flags);
}

static noinline void take_spin_ab_bh_off(void)
{
	spin_lock_bh(&spin_a);
	spin_lock(&spin_b);
	spin_unlock(&spin_b);
	spin_unlock_bh(&spin_a);
}

static noinline void hardirq(void)
{
	run_in_hardirq(take_raw_a);
	take_raw_a();
}

static noinline void softirq(void)
{
	take_spin_a();
	run_in_softirq(take_spin_a);
}

static noinline void softirq2(void)
{
	run_in_softirq(take_spin_a);
	take_spin_a();
}

static noinline void hardsafe(void)
{
	run_in_hardirq(take_raw_a);
	take_raw_b();
	take_raw_ab_irqs_off();
}

static noinline void hardsafe3(void)
{
	run_in_hardirq(take_raw_a);
	take_raw_c();
	take_raw_bc_irqs_off();
	take_raw_ab_irqs_off();
}

static noinline void softsafe(void)
{
	run_in_softirq(take_spin_a);
	take_spin_b();
	take_spin_ab_bh_off();
}

static noinline void inversion(void)
{
	take_raw_ab_irqs_off();
	take_raw_b();
	run_in_hardirq(take_raw_a);
}

static noinline void inversion2(void)
{
	run_in_softirq(take_spin_a);
	take_spin_ab_bh_off();
	take_spin_b();
}

static noinline void waitctx(void)
{
	raw_spin_lock(&raw_a);
	spin_lock(&spin_a);
	spin_unlock(&spin_a);
	raw_spin_unlock(&raw_a);
}

static noinline void waitctx_irq(void)
{
	run_in_hardirq(take_spin_a);
}

/* ---- balance and lifetime */

static noinline void badunlock(void)
{
	mutex_lock(&lock_b);
	take_spin_a();
	lock_release(&spin_a.dep_map, _RET_IP_);
	mutex_unlock(&lock_b);
}

static noinline void badunlock2(void)
{
	lock_release(&lock_a.dep_map, _RET_IP_);
}

/* With no lock held at all lockdep only warns of its own bug: hence lock_b. */
static noinline void lock_contended_unheld(void)
{
	mutex_lock(&lock_b);
	lock_contended(&lock_a.dep_map, _RET_IP_);
	mutex_unlock(&lock_b);
}

static noinline void heldfreed(void)
{
	struct dev *x = dev_alloc();

	mutex_lock(&x->lock);
	kfree(x);
}

static noinline void userret(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_c);
}

static int exit_holding_b(void *unused)
{
	mutex_lock(&lock_b);
	return 0;
}

static noinline void exitlocks(void)
{
	kthread_run(exit_holding_b, NULL, "splat-exit");
	msleep(200);
}

static void leak_fn(struct work_struct *work)
{
	mutex_lock(&lock_c);
}

static DECLARE_WORK(leak_work, leak_fn);

static noinline void leaked(void)
{
	schedule_work(&leak_work);
	msleep(300);
}

static noinline void pin(void)
{
	lockdep_pin_lock(&raw_a);
}

/* ---- keys and limits */

static noinline void nonstatic(void)
{
	struct dev *x = kzalloc(sizeof(*x), GFP_KERNEL);

	spin_lock(&x->slock);
	spin_unlock(&x->slock);
}

static noinline void unregkey(void)
{
	struct lock_class_key *key = kzalloc(sizeof(*key), GFP_KERNEL);
	struct dev *x = kzalloc(sizeof(*x), GFP_KERNEL);

	__mutex_init(&x->lock, "x->lock", key);
	mutex_lock(&x->lock);
	mutex_unlock(&x->lock);
}

static noinline void subclass(void)
{
	mutex_lock_nested(&lock_a, MAX_LOCKDEP_SUBCLASSES + 1);
	mutex_unlock(&lock_a);
}

static noinline void maxdepth(void)
{
	static struct lock_class_key keys[MAX_LOCK_DEPTH + 1];
	struct dev *x;
	int i;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		x = dev_alloc();
		lockdep_set_class(&x->lock, &keys[i]);
		mutex_lock(&x->lock);
	}
}

static noinline void maxkeys(void)
{
	struct lock_class_key *key;
	struct dev *x;
	int i;

	for (i = 0; i < MAX_LOCKDEP_KEYS; i++) {
		key = kzalloc(sizeof(*key), GFP_KERNEL);
		lockdep_register_key(key);
		x = dev_alloc();
		lockdep_set_class(&x->lock, key);
		mutex_lock(&x->lock);
		mutex_unlock(&x->lock);
	}
}

/* The boot has filled the tables before it is run. */
static noinline void small(void)
{
}

/* ---- RCU */

struct item {
	struct list_head list;
	int value;
};

static LIST_HEAD(items);
static int __rcu *rcu_pointer;

static noinline void rcu(void)
{
	mutex_lock(&lock_a);
	(void)rcu_dereference(rcu_pointer);
	mutex_unlock(&lock_a);
}

static noinline void rculist(void)
{
	struct item *item;
	int sum = 0;

	list_for_each_entry_rcu(item, &items, list)
		sum += item->value;
	pr_debug("sum %d\n", sum);
}

static int synchronize_in_read_section(void *unused)
{
	rcu_read_lock();
	synchronize_rcu();
	rcu_read_unlock();
	return 0;
}

/* With preemptible RCU a real deadlock: the thread waits for itself. */
static noinline void rcusleep(void)
{
	kthread_run(synchronize_in_read_section, NULL, "splat-rcu");
	msleep(1000);
}

/* RCU reports leave lockdep on, a circular one turns it off: the last bug goes unseen. */
static noinline void twice(void)
{
	rcu();
	rculist();
	abba();
	badunlock2();
}

/* ---- sleeping and preemption */

static noinline void sleepatomic(void)
{
	spin_lock(&spin_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	spin_unlock(&spin_b);
}

static noinline void sleep_irqs_off(void)
{
	unsigned long flags;

	local_irq_save(flags);
	might_sleep();
	local_irq_restore(flags);
}

static noinline void sleep_in_rcu(void)
{
	rcu_read_lock();
	might_sleep();
	rcu_read_unlock();
}

static noinline void atomicsched(void)
{
	spin_lock(&spin_c);
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(2);
	spin_unlock(&spin_c);
}

static DEFINE_PER_CPU(int, splat_counter);

static noinline void print_cpu(void)
{
	pr_info("splat: on CPU %d\n", smp_processor_id());
}

static noinline void count_on_cpu(void)
{
	__this_cpu_inc(splat_counter);
}

/* ---- spinlock and rtmutex debugging: lockdep is off for the task, else it reports first */

static noinline void take_zeroed(void)
{
	raw_spinlock_t *lock = kzalloc(sizeof(*lock), GFP_KERNEL);

	lockdep_off();
	raw_spin_lock(lock);
	raw_spin_unlock(lock);
	lockdep_on();
}

/*
 * The word that the CPUs wait on is cleared in between, else the CPU would hang.
 * Not raw_spin_lock(): with lock statistics that tries first, which checks nothing.
 * Newer kernels (6.12, 7.3) do not export these two, so that a module cannot have them.
 */
#ifndef MODULE
static noinline void take_twice(void)
{
	preempt_disable();
	do_raw_spin_lock(&raw_a);
	arch_spin_unlock(&raw_a.raw_lock);
	do_raw_spin_lock(&raw_a);
	do_raw_spin_unlock(&raw_a);
	preempt_enable();
}
#endif

static noinline void release_unheld(void)
{
	lockdep_off();
	preempt_disable();
	raw_spin_unlock(&raw_a);
	lockdep_on();
}

static int release_of_other_task(void *unused)
{
	lockdep_off();
	preempt_disable();
	raw_spin_unlock(&raw_a);
	lockdep_on();
	return 0;
}

static noinline void take_for_other_task(void)
{
	lockdep_off();
	raw_spin_lock(&raw_a);
	preempt_enable();
	kthread_run(release_of_other_task, NULL, "splat-unlock");
	msleep(300);
	lockdep_on();
}

static noinline void take_zeroed_rwlock(void)
{
	rwlock_t *lock = kzalloc(sizeof(*lock), GFP_KERNEL);

	lockdep_off();
	write_lock(lock);
	write_unlock(lock);
	lockdep_on();
}

static int take_rt_ba(void *unused)
{
	lockdep_off();
	rt_mutex_lock(&rt_b);
	msleep(200);
	rt_mutex_lock(&rt_a);
	return 0;
}

static int take_rt_ab(void *unused)
{
	lockdep_off();
	rt_mutex_lock(&rt_a);
	msleep(200);
	rt_mutex_lock(&rt_b);
	return 0;
}

/* A real deadlock: neither thread comes back. */
static noinline void rtmutex(void)
{
	kthread_run(take_rt_ab, NULL, "splat-rt-ab");
	kthread_run(take_rt_ba, NULL, "splat-rt-ba");
	msleep(1000);
}

/* ---- all locks held */

static int take_a(void *unused)
{
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	return 0;
}

/* Longer than two rounds of the watchdog: it notices a task at the second. */
static noinline void hung_task(void)
{
	mutex_lock(&lock_a);
	kthread_run(take_a, NULL, "splat-hang");
	msleep(3 * CONFIG_DEFAULT_HUNG_TASK_TIMEOUT * MSEC_PER_SEC);
	mutex_unlock(&lock_a);
}

static noinline void sysrq_d(void)
{
	mutex_lock(&lock_a);
	handle_sysrq('d');
	mutex_unlock(&lock_a);
}

/* ---- other orders of two locks */

/* One half of abba: for graphs of several boots. */
static noinline void ab(void)
{
	take_ab();
}

static noinline void ba(void)
{
	take_ba();
}

struct pcpu {
	local_lock_t lock;
};

static DEFINE_PER_CPU(struct pcpu, pcpu) = { .lock = INIT_LOCAL_LOCK(lock) };

static noinline void locallock(void)
{
	local_lock(&pcpu.lock);
	take_spin_b();
	local_unlock(&pcpu.lock);
	spin_lock(&spin_b);
	local_lock(&pcpu.lock);
	local_unlock(&pcpu.lock);
	spin_unlock(&spin_b);
}

/* rtmutex, without the deadlock: lockdep sees the order first. */
static noinline void rtab(void)
{
	rt_mutex_lock(&rt_a);
	rt_mutex_lock(&rt_b);
	rt_mutex_unlock(&rt_b);
	rt_mutex_unlock(&rt_a);
	rt_mutex_lock(&rt_b);
	rt_mutex_lock(&rt_a);
	rt_mutex_unlock(&rt_a);
	rt_mutex_unlock(&rt_b);
}

/* ---- a report while another processor prints, too */

static atomic_t arrived;

static void meet(void)
{
	atomic_inc(&arrived);
	while (atomic_read(&arrived) < 2)
		cpu_relax();
}

static int report_order(void *unused)
{
	meet();
	take_ba();
	return 0;
}

static int warn_thrice(void *unused)
{
	int i;

	meet();
	for (i = 0; i < 3; i++)
		WARN(1, "splat: other trouble %d\n", i);
	return 0;
}

static int report_rcu(void *unused)
{
	meet();
	rcu();
	return 0;
}

static int report_sleep(void *unused)
{
	meet();
	preempt_disable();
	might_sleep();
	preempt_enable();
	return 0;
}

static int make_noise(void *unused)
{
	int i;

	meet();
	for (i = 0; i < 200; i++)
		pr_err("splat-noise: message %d of another driver [with brackets] at 0x%x\n", i, i);
	return 0;
}

static void on_two_cpus(int (*one)(void *), int (*two)(void *))
{
	struct task_struct *a = kthread_create(one, NULL, "splat-one");
	struct task_struct *b = kthread_create(two, NULL, "splat-two");

	take_ab();
	kthread_bind(a, 0);
	kthread_bind(b, 1);
	wake_up_process(a);
	wake_up_process(b);
	msleep(1500);
}

static noinline void both_warn(void)
{
	on_two_cpus(report_order, warn_thrice);
}

static noinline void both_rcu(void)
{
	on_two_cpus(report_order, report_rcu);
}

static noinline void both_sleep(void)
{
	on_two_cpus(report_order, report_sleep);
}

static noinline void both_noise(void)
{
	on_two_cpus(report_order, make_noise);
}

/* ---- other trouble beside a report */

/* Longer than a stall may last: rcupdate.rcu_cpu_stall_timeout=3 on the command line. */
static noinline void stall(void)
{
	raw_spin_lock(&raw_a);
	mdelay(9000);
	raw_spin_unlock(&raw_a);
}

/* watchdog_thresh=2 on the command line. */
static noinline void soft_lockup(void)
{
	mutex_lock(&lock_a);
	preempt_disable();
	mdelay(10000);
	preempt_enable();
	mutex_unlock(&lock_a);
}

static noinline void oops(void)
{
	abba();
	*(volatile int *)8 = 1;
}

static const struct {
	const char *name;
	void (*provoke)(void);
} scenarios[] = {
	{ "aa", aa },
	{ "aanested", aanested },
	{ "ab", ab },
	{ "abba", abba },
	{ "abbcca", abbcca },
	{ "atomicsched", atomicsched },
	{ "badunlock", badunlock },
	{ "badunlock2", badunlock2 },
	{ "ba", ba },
	{ "both-noise", both_noise },
	{ "both-rcu", both_rcu },
	{ "both-sleep", both_sleep },
	{ "both-warn", both_warn },
	{ "cpuhp", cpuhp },
	{ "exitlocks", exitlocks },
	{ "flushwq", flushwq },
	{ "fsreclaim", fsreclaim },
	{ "fsreclaim-nofs", fsreclaim_nofs },
	{ "hardirq", hardirq },
	{ "hardsafe", hardsafe },
	{ "hardsafe3", hardsafe3 },
	{ "heldfreed", heldfreed },
	{ "hung-task", hung_task },
	{ "inversion", inversion },
	{ "inversion2", inversion2 },
	{ "kernfs", kernfs },
	{ "leaked", leaked },
	{ "locallock", locallock },
	{ "lock-contended", lock_contended_unheld },
	{ "maxdepth", maxdepth },
	{ "maxkeys", maxkeys },
	{ "mmap-lock", mmap_lock },
	{ "mmunotifier", mmunotifier },
	{ "mmunotifier-nofs", mmunotifier_nofs },
	{ "nest", nest },
	{ "nonstatic", nonstatic },
	{ "oops", oops },
	{ "percpurwsem", percpurwsem },
	{ "pin", pin },
	{ "rcu", rcu },
	{ "rculist", rculist },
	{ "rcusleep", rcusleep },
	{ "rlock", rlock },
	{ "rtab", rtab },
	{ "rtmutex", rtmutex },
	{ "rwlock-bad-magic", take_zeroed_rwlock },
	{ "rwsem", rwsem },
	{ "shrinker", shrinker },
	{ "sleep-in-rcu", sleep_in_rcu },
	{ "sleep-irqs-off", sleep_irqs_off },
	{ "sleepatomic", sleepatomic },
	{ "small", small },
	{ "smp-processor-id", print_cpu },
	{ "soft-lockup", soft_lockup },
	{ "softirq", softirq },
	{ "softirq2", softirq2 },
	{ "softsafe", softsafe },
	{ "spin-already-unlocked", release_unheld },
	{ "spin-bad-magic", take_zeroed },
#ifndef MODULE
	{ "spin-recursion", take_twice },
#endif
	{ "spin-wrong-owner", take_for_other_task },
	{ "srcu", srcu },
	{ "stall", stall },
	{ "subclass", subclass },
	{ "sysrq-d", sysrq_d },
	{ "this-cpu", count_on_cpu },
	{ "twice", twice },
	{ "unregkey", unregkey },
	{ "userret", userret },
	{ "waitctx", waitctx },
	{ "waitctx-irq", waitctx_irq },
	{ "workqueue", workqueue },
	{ "ww", ww },
};

static ssize_t splat_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char name[32] = {};
	int i;

	if (count >= sizeof(name) || copy_from_user(name, buf, count))
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		if (!strcmp(scenarios[i].name, name)) {
			scenarios[i].provoke();
			return count;
		}
	}
	return -ENOENT;
}

static const struct file_operations splat_fops = {
	.owner = THIS_MODULE,
	.write = splat_write,
};

static int __init splat_init(void)
{
	debugfs_create_file("splat", 0200, NULL, NULL, &splat_fops);
	return 0;
}
#ifdef MODULE
module_init(splat_init);
#else
late_initcall(splat_init);
#endif
MODULE_DESCRIPTION("Provokes reports of the lock checks");
MODULE_LICENSE("GPL");
