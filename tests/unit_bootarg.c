/*
 * tests/unit_bootarg.c - arguments of a kernel's command line.   Licence: MIT.
 */
#include <errno.h>
#include <string.h>

#include "tests/support/world.h"

/* RULE(R9.13, R9.14, R9.15, R10.9). Lists of CPUs, names, Y and N; a value is read completely or refused. */
static void arguments_are_read_as_a_kernel_reads_them(void)
{
	static const struct {
		const char *arg, *param;
		long value;		/* or the error, if param is NULL */
	} rows[] = {
		{ "workqueue.unbound_cpus=0-2,5", "unbound_cpus", 0x27 },
		{ "workqueue.unbound_cpus=3", "unbound_cpus", 8 },
		{ "isolcpus=domain,managed_irq,1,3", "isolcpus", 10 },
		{ "isolcpus=1-2", "isolcpus", 6 },
		{ "nohz_full=0", "nohz_full", 1 },
		{ "maxcpus=2", "maxcpus", 2 },
		{ "workqueue.power_efficient=Y", "power_efficient", 1 },
		{ "workqueue.power_efficient=off", "power_efficient", 0 },
		{ "workqueue.debug_force_rr_cpu=1", "debug_force_rr_cpu", 1 },
		{ "workqueue.default_affinity_scope=numa", "default_affinity_scope", WQ_AFFN_NUMA },
		{ "workqueue.cpu_intensive_thresh_us=0", "cpu_intensive_thresh_us", 0 },
		{ "workqueue.panic_on_stall=0x3", "panic_on_stall", 3 },
		{ "workqueue.unbound_cpus=2-1", NULL, -EINVAL }, { "workqueue.unbound_cpus=1,,2", NULL, -EINVAL },
		{ "workqueue.unbound_cpus=", NULL, -EINVAL }, { "workqueue.unbound_cpus=99", NULL, -EINVAL },
		{ "workqueue.power_efficient=maybe", NULL, -EINVAL },
		{ "workqueue.default_affinity_scope=socket", NULL, -EINVAL },
		{ "workqueue.watchdog_thresh=-1", NULL, -EINVAL }, { "workqueue.watchdog_thresh=1s", NULL, -EINVAL },
		{ "quiet", NULL, -ENOENT }, { "workqueue.unknown=1", NULL, -ENOENT }, { "maxcpusx=1", NULL, -ENOENT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *param = NULL;
		long value = -1;
		int err = workqueue_boot_arg(rows[i].arg, &param, &value);

		if (err != (rows[i].param ? 0 : rows[i].value) || (!err && (strcmp(param, rows[i].param) || value != rows[i].value)))
			test_note("%s: %d, %s=%ld", rows[i].arg, err, param ? param : "", value);
		CHECK_INT(err, rows[i].param ? 0 : rows[i].value);
		if (err || !rows[i].param)
			continue;
		CHECK_STR(param, rows[i].param);
		CHECK_INT(value, rows[i].value);
	}
}

static char cpumask[16];

static void read_cpumask(void *arg)
{
	(void)arg;
	wq_sysfs_read(NULL, "cpumask", cpumask, sizeof(cpumask));
}

/* RULE(R9.14). The argument changes wq_unbound_cpumask. */
static void a_list_of_cpus_reaches_the_engine(void)
{
	struct machine_config cfg = world_config(4);
	struct world w;

	REQUIRE_INT(workqueue_boot_arg("workqueue.unbound_cpus=1-2", &cfg.params[0].name, &cfg.params[0].value), 0);
	world_start(&w, &cfg);
	machine_call(read_cpumask, NULL);
	CHECK_STR(cpumask, "6");
	world_stop(&w);
}

const struct test_case suite_unit_bootarg[] = {
	T(arguments_are_read_as_a_kernel_reads_them),
	T(a_list_of_cpus_reaches_the_engine),
	{ NULL, NULL }
};
