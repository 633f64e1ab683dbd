/*
 * lib/start.c - switching the engine on and off in a program of one's own.
 *
 * The machine and the engine keep nothing between two runs; here is what a program
 * adds to them: defaults for real computers, a log, a recording.
 *
 * Lives here:   struct cmwq_config made into a machine, the order of leaving.
 * Never here:   what blocks (blocking.c), how a machine stops (machine/start.c).
 * Rules:        R1.22, R5.27.   Licence: MIT.
 */
#define _GNU_SOURCE
#include "lib/lib.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "machine/machine.h"
#include "trace/kwt.h"
#include "workqueue/workqueue.h"

#ifndef KW_VERSION
#define KW_VERSION "unknown"
#endif

#define THREADS_DEFAULT 1024u

/* The recording of this run; all zero when there is none. */
static struct {
	struct trace trace;
	char *path;
} recording;

/* ---- recording --------------------------------------------------------------------------- */

static int recording_open(const struct cmwq_config *cfg)
{
	int err = outfile_check(cfg->record);	/* at the start, not after hours */

	if (err)
		return err;
	recording.path = strdup(cfg->record);
	if (!recording.path)
		return -ENOMEM;
	err = trace_open(&recording.trace, -1, 0, cfg->record_events_max);
	if (err) {
		free(recording.path);
		recording.path = NULL;
	}
	return err;
}

static int recording_write(int nr_cpus)
{
	struct kwt_header head = { .cpus = (uint32_t)nr_cpus, .lesson = "program" };
	struct trace_store store = { .nr = 0 };
	char why[512];
	int err = trace_store_borrow(&store, &recording.trace);

	if (err)
		return err;
	snprintf(head.engine, sizeof(head.engine), "libcmwq %s, Linux 6.12 profile", KW_VERSION);
	trace_store_poll(&store);
	err = kwt_write_stored(recording.path, &head, &store, why, sizeof(why));
	if (err)
		fprintf(stderr, "kworkshop: %s\n", why);
	trace_store_close(&store);
	return err;
}

static void recording_close(void)
{
	if (!recording.path)
		return;
	trace_close(&recording.trace);
	free(recording.path);
	memset(&recording, 0, sizeof(recording));
}

/* ---- on ------------------------------------------------------------------------------------ */

static int host_cpus(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) ? (int)sysconf(_SC_NPROCESSORS_ONLN) : CPU_COUNT(&set);

	return n < 1 ? 1 : n > CPUS_MAX ? CPUS_MAX : n;
}

static void log_to_stderr(int level, const char *line, void *arg)
{
	(void)arg;
	if (level <= 4)
		fprintf(stderr, "kworkshop: %s\n", line);
}

static bool sensible(const struct cmwq_config *cfg)
{
	return cfg->nr_cpus >= 0 && cfg->nr_cpus <= CPUS_MAX && cfg->hz <= 10000 &&
	       cfg->threads_max <= 1u << 20;
}

static void machine_of(struct machine_config *m, const struct cmwq_config *cfg)
{
	*m = (struct machine_config){
		.mode = MACH_FREE,
		.nr_cpus = cfg->nr_cpus ? cfg->nr_cpus : host_cpus(),
		.hz = cfg->hz,
		.threads_max = cfg->threads_max ? cfg->threads_max : THREADS_DEFAULT,
		.memory_max = SIZE_MAX / 2,	/* the host's, not a simulated one */
		.pin = cfg->pin,
		.monitor = !cfg->no_monitor,
		.log = cfg->log ? cfg->log : log_to_stderr,
		.log_arg = cfg->log_arg,
	};
	for (int i = 0; i < CMWQ_PARAMS_MAX && i < MACH_PARAMS_MAX && cfg->params[i].name; i++)
		m->params[i] = (struct mach_param){ cfg->params[i].name, cfg->params[i].value };
}

int cmwq_start_checked(const struct cmwq_config *cfg, uint64_t abi)
{
	static const struct cmwq_config standard;
	struct machine_config m;
	int err;

	if (abi != CMWQ_ABI)
		return -EPROTO;
	if (!cfg)
		cfg = &standard;
	if (machine_running())
		return -EBUSY;
	if (!sensible(cfg))
		return -EINVAL;
	err = cfg->record ? recording_open(cfg) : 0;
	if (err)
		return err;
	machine_of(&m, cfg);
	err = machine_start(&m, cfg->record ? &recording.trace : NULL, workqueue_boot);
	if (err)
		recording_close();
	return err;
}

/* ---- off ------------------------------------------------------------------------------------- */

int cmwq_stop(void)
{
	int nr_cpus, err = 0;

	if (!machine_running())
		return -ESRCH;
	if (machine_owns_thread())
		return -EDEADLK;
	nr_cpus = nr_cpu_ids();
	workqueue_shutdown();
	machine_stop();
	if (recording.path)
		err = recording_write(nr_cpus);
	recording_close();
	return err;
}

bool cmwq_running(void)
{
	return machine_running();
}

int cmwq_nr_cpus(void)
{
	return nr_cpu_ids();
}

int cmwq_cpu(void)
{
	return raw_smp_processor_id();
}

unsigned long cmwq_hz(void)
{
	return mach_hz();
}
