// SPDX-License-Identifier: GPL-2.0
/*
 * The only program of the test machine: runs the scenarios that the kernel's
 * command line names, then stops the machine. The kernel hands on what it does
 * not know itself as environment variables:
 *
 *   splat=NAME    one scenario; NAME,NAME one after the other; NAME+NAME at once
 *   dump=1        afterwards, lockdep's files in /proc on the console
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static void tell(const char *message)
{
	char line[128];
	int kmsg = open("/dev/kmsg", O_WRONLY);

	/* Not dprintf(): it seeks first, which this device refuses. */
	snprintf(line, sizeof(line), "splat: %s", message);
	if (kmsg < 0 || write(kmsg, line, strlen(line)) < 0)
		return;
	close(kmsg);
}

static void provoke(const char *scenario)
{
	int splat = open("/debug/splat", O_WRONLY);

	tell(scenario);
	if (splat < 0 || write(splat, scenario, strlen(scenario)) < 0)
		tell(strerror(errno));
}

/* At once: each by a process of its own. */
static void run(char *scenarios)
{
	char *name, *rest;

	for (name = strtok_r(scenarios, "+", &rest); name; name = strtok_r(NULL, "+", &rest)) {
		/* A scenario may leave its task stuck or holding locks: never process 1 itself. */
		if (!fork()) {
			provoke(name);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	/* The exit of the task, too, may be reported. */
	usleep(300000);
}

static void load_module(void)
{
	int module = open("/splat.ko", O_RDONLY);

	if (module >= 0 && syscall(SYS_finit_module, module, "", 0))
		tell(strerror(errno));
}

static void write_all(int fd, const char *data, ssize_t length)
{
	ssize_t done;

	while (length > 0 && (done = write(fd, data, length)) > 0) {
		data += done;
		length -= done;
	}
}

static void dump(const char *path)
{
	static char data[65536];
	int from = open(path, O_RDONLY), console = open("/dev/console", O_WRONLY);
	ssize_t length;

	write_all(console, data, snprintf(data, sizeof(data), "\n=== %s ===\n", path));
	while (from >= 0 && (length = read(from, data, sizeof(data))) > 0)
		write_all(console, data, length);
	write_all(console, "=== end ===\n", 12);
	tcdrain(console);
	close(from);
	close(console);
}

/* What klogctl() takes, by the names of include/linux/syslog.h. */
enum { SYSLOG_ACTION_CONSOLE_OFF = 6, SYSLOG_ACTION_CONSOLE_ON = 7 };

int main(void)
{
	char *scenarios = getenv("splat"), *next, *rest;

	mkdir("/dev", 0755);
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/debug", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("debug", "/debug", "debugfs", 0, NULL);
	load_module();

	for (next = scenarios ? strtok_r(scenarios, ",", &rest) : NULL; next; next = strtok_r(NULL, ",", &rest))
		run(next);
	if (getenv("dump")) {
		/*
		 * Else messages of the kernel end up in the middle of a file's line. Those that a busy
		 * machine still has to print would be lost.
		 */
		sleep(3);
		klogctl(SYSLOG_ACTION_CONSOLE_OFF, NULL, 0);
		dump("/proc/lockdep");
		dump("/proc/lockdep_chains");
		dump("/proc/lockdep_stats");
		klogctl(SYSLOG_ACTION_CONSOLE_ON, NULL, 0);
	}
	usleep(300000);
	/* Without ACPI there is nothing that could turn it off; QEMU ends with -no-reboot. */
	reboot(RB_AUTOBOOT);
}
