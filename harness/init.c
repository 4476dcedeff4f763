// SPDX-License-Identifier: GPL-2.0
/*
 * The only program of the test machine: runs the scenario that the kernel's
 * command line names (splat=NAME, which the kernel hands on as an environment
 * variable), then powers the machine off.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

static void run(const char *scenario)
{
	int splat = open("/debug/splat", O_WRONLY);

	tell(scenario);
	if (splat < 0 || write(splat, scenario, strlen(scenario)) < 0)
		tell(strerror(errno));
}

int main(void)
{
	const char *scenario = getenv("splat");

	mkdir("/dev", 0755);
	mkdir("/sys", 0755);
	mkdir("/debug", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("sys", "/sys", "sysfs", 0, NULL);
	mount("debug", "/debug", "debugfs", 0, NULL);

	/* A scenario may leave its task stuck or holding locks: never process 1 itself. */
	if (scenario && !fork()) {
		run(scenario);
		_exit(0);
	}
	wait(NULL);
	/* The exit of the task, too, may be reported. */
	usleep(300000);
	reboot(RB_POWER_OFF);
}
