/*
 * workqueue/bootarg.c - reads arguments of a kernel's command line as parameters of a run.
 *
 * The parameters of a run are numbers (machine.h); a command line has lists of CPUs, names of
 * scopes, Y and N.  Scenarios and lessons accept the text form.
 *
 * Lives here:   reading one argument.
 * Never here:   the effect of a parameter (system.c, unbound.c, machine/).
 * Rules:        R9.13..R9.15, R10.9, section 12.6.   Licence: MIT.
 */
#include "workqueue/workqueue.h"

#include <ctype.h>
#include <stdlib.h>

static int read_number(const char *text, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 0);
	return errno || end == text || *end || *value < 0 ? -EINVAL : 0;
}

/* Reads a bool as the kernel does: by its first letter, "on" and "off" by two. */
static int read_bool(const char *text, long *value)
{
	int c = tolower((unsigned char)text[0]), second = c ? tolower((unsigned char)text[1]) : 0;

	if (c == 'y' || c == 't' || c == '1' || (c == 'o' && second == 'n'))
		*value = 1;
	else if (c == 'n' || c == 'f' || c == '0' || (c == 'o' && second == 'f'))
		*value = 0;
	else
		return -EINVAL;
	return 0;
}

static int read_scope(const char *text, long *value)
{
	*value = workqueue_parse_scope(text);
	return *value < 0 ? -EINVAL : 0;
}

/* "0-2,5" */
static int read_cpus(const char *text, long *value)
{
	uint64_t mask = 0;

	do {
		char *end;
		unsigned long first, last;

		if (!isdigit((unsigned char)*text))
			return -EINVAL;
		first = last = strtoul(text, &end, 10);
		if (*end == '-' && isdigit((unsigned char)end[1]))
			last = strtoul(end + 1, &end, 10);
		if (first > last || last >= CPUS_MAX - 1 || (*end && *end != ','))
			return -EINVAL;
		for (; first <= last; first++)
			mask |= UINT64_C(1) << first;
		text = *end ? end + 1 : end;
	} while (*text);
	*value = (long)mask;
	return 0;
}

/* Words before the list select the kinds of isolation; all but a single "managed_irq" include "domain". */
static int read_isolcpus(const char *text, long *value)
{
	static const char *const words[] = { "domain,", "nohz,", "managed_irq," };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncmp(text, words[i], strlen(words[i])) == 0) {
			text += strlen(words[i]);
			i = (size_t)-1;
		}
	return read_cpus(text, value);
}

static const struct {
	const char *arg, *param;
	int (*read)(const char *text, long *value);
} args[] = {
	{ "workqueue.cpu_intensive_thresh_us", "cpu_intensive_thresh_us", read_number },
	{ "workqueue.cpu_intensive_warning_thresh", "cpu_intensive_warning_thresh", read_number },
	{ "workqueue.watchdog_thresh", "watchdog_thresh", read_number },
	{ "workqueue.panic_on_stall", "panic_on_stall", read_number },
	{ "workqueue.power_efficient", "power_efficient", read_bool },
	{ "workqueue.debug_force_rr_cpu", "debug_force_rr_cpu", read_bool },
	{ "workqueue.default_affinity_scope", "default_affinity_scope", read_scope },
	{ "workqueue.unbound_cpus", "unbound_cpus", read_cpus },
	{ "isolcpus", "isolcpus", read_isolcpus },
	{ "nohz_full", "nohz_full", read_cpus },
	{ "maxcpus", "maxcpus", read_number },
};

const char *const *workqueue_boot_params(void)
{
	/* the last two are not the kernel's: lock checks, and the way of posting items */
	static const char *names[sizeof(args) / sizeof(args[0]) + 3];
	size_t n = sizeof(args) / sizeof(args[0]);

	for (size_t i = 0; i < n; i++)
		names[i] = args[i].param;
	names[n] = "lockdep";
	names[n + 1] = "inbox";
	return names;
}

int workqueue_boot_arg(const char *arg, const char **param, long *value)
{
	const char *equals = strchr(arg, '=');

	for (size_t i = 0; equals && i < sizeof(args) / sizeof(args[0]); i++)
		if (strlen(args[i].arg) == (size_t)(equals - arg) && !strncmp(args[i].arg, arg, (size_t)(equals - arg))) {
			*param = args[i].param;
			return args[i].read(equals + 1, value);
		}
	return -ENOENT;
}
