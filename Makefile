# kworkshop: the makefile of the whole tree; `make help` lists the targets.
#
# Each room has a variable that lists its sources, one per line, so that a new file is a
# visible change here.  All output goes to build/; variants (SAN=, CC=clang) use
# build/<variant>/, and B= sets another folder.

VERSION := 0.1
PREFIX ?= /usr/local

ifeq ($(origin CC),default)
CC := gcc
endif
SAN ?=
OBJCOPY ?= objcopy
V ?= 0
JOBS ?= 2

# ---- rooms -------------------------------------------------------------------

SRC_base := \
	src/base/ascii.c \
	src/base/check.c \
	src/base/datadir.c \
	src/base/errline.c \
	src/base/exit_status.c \
	src/base/infile.c \
	src/base/json_parse.c \
	src/base/json_write.c \
	src/base/markup.c \
	src/base/outfile.c \
	src/base/quantity.c \
	src/base/shortage.c \
	src/base/nearest.c \
	src/base/printable.c \
	src/base/strbuf.c \
	src/base/time.c \
	src/base/utf8.c \
	src/base/wholefile.c \
	src/base/width.c \
	src/base/workers.c \
	src/base/wrap.c

SRC_trace := \
	src/trace/export_ftrace.c \
	src/trace/export_ndjson.c \
	src/trace/export_text.c \
	src/trace/kwt.c \
	src/trace/kwt_columns.c \
	src/trace/kwt_load.c \
	src/trace/kwt_pack.c \
	src/trace/kwt_write.c \
	src/trace/ring.c \
	src/trace/store.c \
	src/trace/table_page.c \
	src/trace/trace.c \
	src/trace/trace_table.c

SRC_model := \
	src/model/apply_machine.c \
	src/model/apply_pool.c \
	src/model/apply_wait.c \
	src/model/apply_work.c \
	src/model/census.c \
	src/model/choosing.c \
	src/model/exercise.c \
	src/model/inv_accounts.c \
	src/model/inv_flush.c \
	src/model/inv_live.c \
	src/model/inv_items.c \
	src/model/inv_pools.c \
	src/model/invariant.c \
	src/model/lesson.c \
	src/model/lesson_answer.c \
	src/model/lesson_pick.c \
	src/model/model.c \
	src/model/query.c \
	src/model/snapshot.c \
	src/model/table_columns.c \
	src/model/tables.c \
	src/model/translation.c \
	src/model/worlds.c

# the code that both modes of the machine share; the code of each mode follows
SRC_machine := \
	src/machine/clock.c \
	src/machine/cpu.c \
	src/machine/irq.c \
	src/machine/kthread.c \
	src/machine/lock.c \
	src/machine/log.c \
	src/machine/memory.c \
	src/machine/mode.c \
	src/machine/rcu.c \
	src/machine/softirq.c \
	src/machine/start.c \
	src/machine/sync.c \
	src/machine/timer.c

SRC_lockstep := \
	src/machine/lockstep/baton.c \
	src/machine/lockstep/baton_stack.c \
	src/machine/lockstep/baton_thread.c \
	src/machine/lockstep/blocked.c \
	src/machine/lockstep/choice.c \
	src/machine/lockstep/clock.c \
	src/machine/lockstep/cpu.c \
	src/machine/lockstep/dispatch.c \
	src/machine/lockstep/irq.c \
	src/machine/lockstep/lock.c \
	src/machine/lockstep/lockdep.c \
	src/machine/lockstep/rcu.c \
	src/machine/lockstep/sched.c \
	src/machine/lockstep/softirq.c \
	src/machine/lockstep/start.c \
	src/machine/lockstep/timer.c

SRC_free := \
	src/machine/free/block.c \
	src/machine/free/context.c \
	src/machine/free/cpu.c \
	src/machine/free/host.c \
	src/machine/free/lock.c \
	src/machine/free/pin.c \
	src/machine/free/rcu.c \
	src/machine/free/softirq.c \
	src/machine/free/start.c \
	src/machine/free/task.c \
	src/machine/free/timer.c \
	src/machine/free/trace.c \
	src/machine/free/watch.c

SRC_workqueue := \
	src/workqueue/active.c \
	src/workqueue/ahead.c \
	src/workqueue/alloc.c \
	src/workqueue/belief.c \
	src/workqueue/bh.c \
	src/workqueue/blocked_workers.c \
	src/workqueue/bootarg.c \
	src/workqueue/cancel.c \
	src/workqueue/concurrency.c \
	src/workqueue/delayed.c \
	src/workqueue/dump.c \
	src/workqueue/flush.c \
	src/workqueue/freeze.c \
	src/workqueue/hog.c \
	src/workqueue/hotplug.c \
	src/workqueue/inbox.c \
	src/workqueue/legacy.c \
	src/workqueue/pool.c \
	src/workqueue/queue.c \
	src/workqueue/rescuer.c \
	src/workqueue/shutdown.c \
	src/workqueue/sysfs.c \
	src/workqueue/system.c \
	src/workqueue/unbound.c \
	src/workqueue/watchdog.c \
	src/workqueue/worker.c

# the engine as a library: libcmwq.a, and cmwq.h, which is generated from internal headers
SRC_lib := \
	src/lib/blocking.c \
	src/lib/start.c

SRC_run := \
	src/run/branch.c \
	src/run/client.c \
	src/run/confine.c \
	src/run/course.c \
	src/run/director.c \
	src/run/end.c \
	src/run/exit_report.c \
	src/run/files.c \
	src/run/free_play.c \
	src/run/free_save.c \
	src/run/send_input.c \
	src/run/spin_limit.c \
	src/run/inputs.c \
	src/run/inputs_use.c \
	src/run/question_report.c \
	src/run/record.c \
	src/run/saved.c \
	src/run/uv_memory.c \
	src/run/wire.c

SRC_conform := \
	src/conform/fact_forms.c \
	src/conform/fact_numbers.c \
	src/conform/facts.c \
	src/conform/facts_print.c \
	src/conform/klog.c \
	src/conform/kws.c \
	src/conform/record.c \
	src/conform/record_trace.c \
	src/conform/runner.c \
	src/conform/seed_run.c \
	src/conform/steps.c

SRC_explore := \
	src/explore/campaign.c \
	src/explore/dfs.c \
	src/explore/explore.c \
	src/explore/known_deviations.c \
	src/explore/schedule.c \
	src/explore/schedule_set.c \
	src/explore/shrink.c \
	src/explore/strategy.c \
	src/explore/target.c \
	src/explore/target_c.c \
	src/explore/target_kws.c \
	src/explore/target_lua.c

SRC_classroom := \
	src/classroom/attempt.c \
	src/classroom/config.c \
	src/classroom/day.c \
	src/classroom/practice.c \
	src/classroom/digest.c \
	src/classroom/handin.c \
	src/classroom/identity.c \
	src/classroom/progress.c \
	src/classroom/progress_claim.c \
	src/classroom/progress_file.c \
	src/classroom/progress_folder.c \
	src/classroom/progress_import.c \
	src/classroom/progress_json.c \
	src/classroom/progress_rows.c \
	src/classroom/progress_schema.c

SRC_check := \
	src/check/answers.c \
	src/check/habits.c \
	src/check/judge.c \
	src/check/names.c \
	src/check/place.c \
	src/check/plan.c \
	src/check/play.c \
	src/check/preview.c \
	src/check/report.c \
	src/check/translations.c

SRC_exercise := \
	src/exercise/answers.c \
	src/exercise/check.c \
	src/exercise/depth.c \
	src/exercise/files.c \
	src/exercise/folder.c \
	src/exercise/job.c \
	src/exercise/open.c \
	src/exercise/play.c \
	src/exercise/shrink.c \
	src/exercise/space.c \
	src/exercise/table.c \
	src/exercise/work.c \
	src/exercise/worksheet.c

SRC_book := \
	src/book/book.c \
	src/book/html.c \
	src/book/kept.c \
	src/book/lanes.c \
	src/book/markdown.c \
	src/book/put.c \
	src/book/question.c \
	src/book/replay.c \
	src/book/summary.c \
	src/book/svg.c

SRC_words := \
	src/words/choosing_text.c \
	src/words/end_text.c \
	src/words/lesson_text.c \
	src/words/lesson_words.c \
	src/words/pick_text.c \
	src/words/report_text.c \
	src/words/machine_text.c \
	src/words/name.c \
	src/words/sentence.c \
	src/words/source_text.c \
	src/words/texts.c \
	src/words/worlds.c \
	src/words/topics.c \
	src/words/translate.c \
	src/words/translate_file.c \
	src/words/waits.c \
	src/words/why.c \
	src/words/words.c

SRC_plain := \
	src/plain/work_lines.c \
	src/plain/choose.c \
	src/plain/exercise.c \
	src/plain/free_play.c \
	src/plain/look.c \
	src/plain/pick.c \
	src/plain/show.c \
	src/plain/plain.c \
	src/plain/practice.c \
	src/plain/print.c \
	src/plain/what_if.c \
	src/plain/worlds.c

SRC_cli := \
	src/cli/check.c \
	src/cli/check_exercise.c \
	src/cli/check_print.c \
	src/cli/check_settings.c \
	src/cli/cli.c \
	src/cli/conform.c \
	src/cli/course_words.c \
	src/cli/doctor.c \
	src/cli/exercise.c \
	src/cli/explore.c \
	src/cli/explore_campaign.c \
	src/cli/export.c \
	src/cli/free.c \
	src/cli/help.c \
	src/cli/history.c \
	src/cli/home.c \
	src/cli/home_lines.c \
	src/cli/inspect.c \
	src/cli/keys.c \
	src/cli/language.c \
	src/cli/lesson_state.c \
	src/cli/list.c \
	src/cli/list_plan.c \
	src/cli/look.c \
	src/cli/new.c \
	src/cli/new_exercise.c \
	src/cli/options.c \
	src/cli/page_completion.c \
	src/cli/page_man.c \
	src/cli/play.c \
	src/cli/progress.c \
	src/cli/proof.c \
	src/cli/restart.c \
	src/cli/review.c \
	src/cli/run.c \
	src/cli/session.c \
	src/cli/session_exercise.c \
	src/cli/session_home.c \
	src/cli/session_practice.c \
	src/cli/practise.c \
	src/cli/show.c \
	src/cli/table_text.c \
	src/cli/grade.c \
	src/cli/submit.c \
	src/cli/test.c \
	src/cli/usage.c \
	src/cli/version.c \
	src/cli/watch.c \
	src/cli/watch_exercise.c

SRC_lua := \
	lua/api.c \
	lua/api_editor.c \
	lua/api_page.c \
	lua/bind_lock.c \
	lua/bind_machine.c \
	lua/bind_object.c \
	lua/bind_wq.c \
	lua/core.c \
	lua/course.c \
	lua/flood.c \
	lua/found.c \
	lua/free_play.c \
	lua/image.c \
	lua/judge.c \
	lua/note.c \
	lua/pattern.c \
	lua/pick.c \
	lua/sandbox.c \
	lua/sandbox_lib.c \
	lua/script.c \
	lua/source.c \
	lua/steps.c \
	lua/student.c \
	lua/syntax.c \
	lua/things.c \
	lua/what_if.c \
	lua/you_pick.c \
	lua/wrapped.c

# compiled into the program (lua/embed_main.c)
LUA_lib := \
	lua/lib/headings.lua \
	lua/lib/lesson.lua \
	lua/lib/question.lua \
	lua/lib/pick.lua \
	lua/lib/probe.lua \
	lua/lib/what_if.lua \
	lua/lib/you_pick.lua \
	lua/lib/exercise.lua \
	lua/lib/free_play.lua

SRC_visualizer := \
	visualizer/answer.c \
	visualizer/app.c \
	visualizer/bookmarks.c \
	visualizer/report.c \
	visualizer/box.c \
	visualizer/cells.c \
	visualizer/choose.c \
	visualizer/commands.c \
	visualizer/complete.c \
	visualizer/end_layout.c \
	visualizer/free_play.c \
	visualizer/home.c \
	visualizer/home_layout.c \
	visualizer/home_text.c \
	visualizer/key_change.c \
	visualizer/keys.c \
	visualizer/lanes.c \
	visualizer/layout_budget.c \
	visualizer/layout_code.c \
	visualizer/layout_draw.c \
	visualizer/layout_focus.c \
	visualizer/layout_item.c \
	visualizer/layout_items.c \
	visualizer/layout_lane.c \
	visualizer/layout_pools.c \
	visualizer/layout_put.c \
	visualizer/layout_rows.c \
	visualizer/layout_story.c \
	visualizer/layout_strip.c \
	visualizer/layout_trail.c \
	visualizer/layout_window.c \
	visualizer/layout_words.c \
	visualizer/layout_zone.c \
	visualizer/page.c \
	visualizer/styled.c \
	visualizer/mouse.c \
	visualizer/picture.c \
	visualizer/pick.c \
	visualizer/playback.c \
	visualizer/practice.c \
	visualizer/prompt.c \
	visualizer/rows.c \
	visualizer/small.c \
	visualizer/svg.c \
	visualizer/term.c \
	visualizer/theme.c \
	visualizer/timeline.c \
	visualizer/ui.c \
	visualizer/update.c \
	visualizer/view_code.c \
	visualizer/view_end.c \
	visualizer/view_events.c \
	visualizer/view_help.c \
	visualizer/view_home.c \
	visualizer/view_keys.c \
	visualizer/view_tables.c \
	visualizer/view_report.c \
	visualizer/view_text.c \
	visualizer/view_timeline.c \
	visualizer/view_waits.c \
	visualizer/view_why.c \
	visualizer/view_worlds.c \
	visualizer/what_if.c \
	visualizer/work.c \
	visualizer/work_form.c \
	visualizer/work_layout.c \
	visualizer/work_run.c \
	visualizer/work_text.c \
	visualizer/worlds_lane.c \
	visualizer/worlds_layout.c \
	visualizer/zoom.c \
	visualizer/worlds_zone.c

# programs of the build, `make docs`, `make english` and `make screens`
SRC_docs := \
	tests/english_main.c \
	tests/screens_main.c \
	src/cli/docs_main.c \
	src/trace/docs_main.c \
	lua/docs_main.c \
	lua/embed_main.c \
	visualizer/docs_main.c

SRC_main := \
	src/main.c

SRC_bench := \
	src/bench/check.c \
	src/bench/emit.c \
	src/bench/handover.c \
	src/bench/items.c \
	src/bench/lessons.c \
	src/bench/main.c \
	src/bench/peers.c \
	src/bench/report.c \
	src/bench/schedules.c \
	src/bench/screen.c \
	src/bench/seek.c

# the comparison with other thread pools; peer_tbb.cc is added if a C++ compiler and oneTBB exist
SRC_peers := \
	src/base/check.c \
	src/base/json_write.c \
	src/base/printable.c \
	src/base/strbuf.c \
	src/base/time.c \
	src/base/utf8.c \
	src/bench/report.c \
	src/bench/peers/items.c \
	src/bench/peers/loads_flow.c \
	src/bench/peers/loads_mixed.c \
	src/bench/peers/loads_rest.c \
	src/bench/peers/main.c \
	src/bench/peers/malloc_count.c \
	src/bench/peers/targets.c \
	src/bench/peers/peer_cmwq.c \
	src/bench/peers/peer_futex.c \
	src/bench/peers/peer_glib.c \
	src/bench/peers/peer_plain.c \
	src/bench/peers/peer_tbb.c \
	src/bench/peers/peer_uv.c

# stress test of free mode: a program, and a suite of kw-tests
SRC_soak := \
	tests/soak/items.c \
	tests/soak/ops_items.c \
	tests/soak/ops_world.c \
	tests/soak/soak.c
SRC_soak_main := \
	tests/soak/main.c

# helpers of the suites
SRC_support := \
	tests/support/checks.c \
	tests/support/citations.c \
	tests/support/demo_suites.c \
	tests/support/english.c \
	tests/support/english_tree.c \
	tests/support/fault.c \
	tests/support/fault_lessons.c \
	tests/support/files.c \
	tests/support/harm.c \
	tests/support/harm_accept.c \
	tests/support/harm_calls.c \
	tests/support/kernel_log.c \
	tests/support/lua_harness.c \
	tests/support/one_lesson.c \
	tests/support/pictures.c \
	tests/support/progress_folder.c \
	tests/support/pty.c \
	tests/support/pupil.c \
	tests/support/random_ops.c \
	tests/support/report.c \
	tests/support/shell.c \
	tests/support/sources.c \
	tests/support/stress_run.c \
	tests/support/suite_runner.c \
	tests/support/terminal.c \
	tests/support/test.c \
	tests/support/world.c

SRC_tests := $(SRC_soak) $(SRC_support) \
	tests/authors.c \
	tests/conf_active.c \
	tests/conf_bh.c \
	tests/unit_work.c \
	tests/unit_worlds.c \
	tests/conf_beliefs.c \
	tests/conf_cancel.c \
	tests/conf_concurrency.c \
	tests/conf_data.c \
	tests/conf_delayed.c \
	tests/conf_flush.c \
	tests/conf_freeze.c \
	tests/conf_hotplug.c \
	tests/conf_inbox.c \
	tests/conf_item.c \
	tests/conf_legacy.c \
	tests/conf_lockdep.c \
	tests/conf_locks.c \
	tests/conf_overlooked.c \
	tests/conf_queue.c \
	tests/conf_rescuer.c \
	tests/conf_sysfs.c \
	tests/conf_system.c \
	tests/conf_tables.c \
	tests/conf_timeline.c \
	tests/conf_unbound.c \
	tests/conf_watch.c \
	tests/conf_worker.c \
	tests/conf_wq.c \
	tests/fault_confine.c \
	tests/fault_folders.c \
	tests/fault_limits.c \
	tests/fault_machine.c \
	tests/fault_memory.c \
	tests/fault_run.c \
	tests/fault_shortage.c \
	tests/fault_signals.c \
	tests/fault_writes.c \
	tests/free_blocking.c \
	tests/free_cmwq.c \
	tests/free_lib.c \
	tests/free_loads.c \
	tests/free_machine.c \
	tests/free_soak.c \
	tests/free_softirq.c \
	tests/free_timer.c \
	tests/free_workqueue.c \
	tests/main.c \
	tests/sweep_baton.c \
	tests/sweep_canary.c \
	tests/sweep_conform.c \
	tests/sweep_contexts.c \
	tests/sweep_damage.c \
	tests/sweep_engine.c \
	tests/sweep_hotplug.c \
	tests/sweep_invariants.c \
	tests/sweep_layout.c \
	tests/sweep_free_play.c \
	tests/sweep_lessons.c \
	tests/sweep_truth.c \
	tests/unit_contents.c \
	tests/unit_coverage.c \
	tests/sweep_plain.c \
	tests/sweep_machine.c \
	tests/sweep_random.c \
	tests/sweep_replay.c \
	tests/sweep_why.c \
	tests/ui_screens.c \
	tests/unit_access.c \
	tests/unit_base.c \
	tests/unit_bootarg.c \
	tests/unit_authoring.c \
	tests/unit_check.c \
	tests/unit_choose.c \
	tests/unit_checks.c \
	tests/unit_cli.c \
	tests/unit_code.c \
	tests/unit_commands.c \
	tests/unit_config.c \
	tests/unit_handin.c \
	tests/unit_docs.c \
	tests/unit_editor.c \
	tests/unit_end.c \
	tests/unit_english.c \
	tests/unit_errata.c \
	tests/unit_events_page.c \
	tests/unit_exercise.c \
	tests/unit_explore.c \
	tests/unit_export.c \
	tests/unit_facts.c \
	tests/unit_help.c \
	tests/unit_home.c \
	tests/unit_inputs.c \
	tests/unit_invariant.c \
	tests/unit_invariant_accounts.c \
	tests/unit_invariant_flush.c \
	tests/unit_invariant_pools.c \
	tests/unit_json.c \
	tests/unit_keys.c \
	tests/unit_kws.c \
	tests/unit_kwt.c \
	tests/unit_layers.c \
	tests/unit_lesson.c \
	tests/unit_lua_api.c \
	tests/unit_lua_sandbox.c \
	tests/unit_machine.c \
	tests/unit_model.c \
	tests/unit_output.c \
	tests/unit_pages.c \
	tests/unit_picture.c \
	tests/unit_places.c \
	tests/unit_pick.c \
	tests/unit_plain.c \
	tests/unit_order.c \
	tests/unit_practice.c \
	tests/unit_practise.c \
	tests/unit_progress.c \
	tests/unit_progress_file.c \
	tests/unit_progress_json.c \
	tests/unit_proofs.c \
	tests/unit_query.c \
	tests/unit_question_report.c \
	tests/unit_resume.c \
	tests/unit_review.c \
	tests/unit_ring.c \
	tests/unit_runner.c \
	tests/unit_screen.c \
	tests/unit_shrink.c \
	tests/unit_store.c \
	tests/unit_terminal.c \
	tests/unit_trace.c \
	tests/unit_translation.c \
	tests/unit_utf8.c \
	tests/unit_waits.c \
	tests/unit_watch.c \
	tests/unit_words.c \
	tests/unit_wrap.c

# ---- output files and their folder -----------------------------------------------

comma := ,
empty :=
space := $(empty) $(empty)
variant := $(subst $(space),-,$(strip $(filter-out gcc cc,$(notdir $(CC))) $(subst $(comma),-,$(SAN))))
B ?= build
out := $(B)$(if $(variant),/$(variant))

ROOMS := base trace model machine lockstep free workqueue lib run conform explore words classroom exercise plain book check cli lua visualizer
LIB_ROOMS := base trace machine free workqueue lib
# The library neither shows texts nor loads recordings: it must not need libutf8proc and libzstd.
LIB_WITHOUT := \
	src/base/errline.c \
	src/base/exit_status.c \
	src/base/infile.c \
	src/base/json_parse.c \
	src/base/json_write.c \
	src/base/markup.c \
	src/base/nearest.c \
	src/base/printable.c \
	src/base/quantity.c \
	src/base/shortage.c \
	src/base/wholefile.c \
	src/base/width.c \
	src/base/workers.c \
	src/base/wrap.c \
	src/trace/export_ftrace.c \
	src/trace/export_ndjson.c \
	src/trace/export_text.c \
	src/trace/kwt_columns.c \
	src/trace/kwt_load.c \
	src/trace/kwt_pack.c \
	src/trace/table_page.c
SOAK_ROOMS := base trace machine lockstep free workqueue

sources := $(foreach r,$(ROOMS),$(SRC_$(r)))
objects := $(sources:%.c=$(out)/obj/%.o) $(out)/obj/script_libs.o
main_objects := $(SRC_main:%.c=$(out)/obj/%.o)
test_objects := $(SRC_tests:%.c=$(out)/obj/%.o)
bench_objects := $(SRC_bench:%.c=$(out)/obj/%.o)
peers_objects := $(SRC_peers:%.c=$(out)/peers/%.o)
loads_objects := $(SRC_peers:%.c=$(out)/few/%.o)
lib_objects := $(patsubst %.c,$(out)/lib/%.o,$(filter-out $(LIB_WITHOUT),$(foreach r,$(LIB_ROOMS),$(SRC_$(r)))))
soak_objects := $(patsubst %.c,$(out)/obj/%.o,$(SRC_soak_main) $(SRC_soak) $(foreach r,$(SOAK_ROOMS),$(SRC_$(r))))

# ---- flags -----------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes
# clang, unlike gcc, warns about table rows that set only some fields by name
WARNINGS += $(if $(findstring clang,$(notdir $(CC))),-Wno-missing-field-initializers)
OPT ?= $(if $(SAN),-O1,-O2)
# as the kernel is built: container_of() and tables of offsets break strict aliasing
DIALECT := -std=gnu11 -fno-strict-aliasing
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer)
CFLAGS ?= -g $(OPT)
CPPFLAGS += -Isrc -I. -DKW_VERSION='"$(VERSION)"'
WERROR :=
# The library becomes one object, so gcc may optimise it as one: inlining across files
# saves a fifth of the cost of an item.
LIB_LTO := $(if $(SAN),,$(if $(findstring gcc,$(notdir $(CC))),-flto))
LIB_LINK := $(if $(LIB_LTO),$(CFLAGS) $(LIB_LTO) -flto-partition=one -flinker-output=nolto-rel -Wno-stringop-overread)

# deps.sh finds the flags of the libraries once; for `run`, `test` and `bench` it also
# installs missing packages.  It runs while make reads this file, and not in a rule, so
# that its message about a missing library is the only output.  The libraries of the
# tests are needed only if tests are built.
deps_mk := $(B)/deps-$(notdir $(CC)).mk
test_deps_mk := $(B)/deps-tests-$(notdir $(CC)).mk
goals := $(or $(MAKECMDGOALS),all)
DEPS ?= $(if $(filter run test mutants bench check-layers soak-faults,$(goals)),install,check)
ifneq ($(filter-out help clean uninstall,$(goals)),)
deps_lack := $(shell [ $(deps_mk) -nt src/scripts/deps.sh ] || CC='$(CC)' sh src/scripts/deps.sh $(DEPS) $(deps_mk) program)
$(if $(deps_lack),$(error $(deps_lack)))
include $(deps_mk)
ifneq ($(filter test mutants check-layers soak soak-faults %/kw-tests $(out)/obj/tests/%,$(goals)),)
deps_lack := $(shell [ $(test_deps_mk) -nt src/scripts/deps.sh ] || CC='$(CC)' sh src/scripts/deps.sh $(DEPS) $(test_deps_mk) tests)
$(if $(deps_lack),$(error $(deps_lack)))
include $(test_deps_mk)
endif
endif

# The other thread pools are only for the benchmark, which also works without them.
ifneq ($(filter bench $(out)/kw-bench-peers,$(goals)),)
peers_mk := $(B)/peers-$(notdir $(CC)).mk
peers_say := $(shell [ $(peers_mk) -nt src/scripts/deps.sh ] || CC='$(CC)' sh src/scripts/deps.sh peers $(peers_mk))
include $(peers_mk)
$(out)/peers/src/bench/peers/peer_glib.o: CPPFLAGS += $(PEERS_GLIB_CFLAGS)
$(out)/peers/src/bench/peers/peer_tbb.o: CPPFLAGS += $(PEERS_TBB_CFLAGS)
peers_objects += $(if $(PEERS_TBB_LIBS),$(out)/peers/src/bench/peers/peer_tbb_cc.o)
$(peers_objects): $(peers_mk)
endif

# lua/wrapped.c replaces these functions of the static liblua
LUA_WRAPPED := luaD_throw luaH_finishset luaH_getn luaS_eqlngstr luaS_hash strcoll
DEPS_LIBS += $(LUA_WRAPPED:%=-Wl,--wrap=%)

compile = $(CC) $(DIALECT) $(WARNINGS) $(WERROR) $(CPPFLAGS) $(DEPS_CFLAGS) $(CFLAGS) $(SANFLAGS) -pthread -MMD -MP
# -rdynamic: `explore` loads C tests, which call functions of the program
link = $(CC) $(CFLAGS) $(SANFLAGS) -pthread -rdynamic $(LDFLAGS)

# some tests flush system workqueues on purpose; clang has no pragma that permits it
$(test_objects): WARNINGS += -Wno-attribute-warning
$(test_objects): CPPFLAGS += $(DEPS_TEST_CFLAGS)

ifeq ($(V),1)
say = @:
q :=
else
say = @printf '  %-5s %s\n'
q := @
endif

# ---- targets -----------------------------------------------------------------------

.PHONY: all lib run test mutants campaign bench soak soak-one soak-faults conform check-course check-layers docs rules fuzz install uninstall clean help
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

all: $(out)/kworkshop ## build build/kworkshop (variants: SAN=address,undefined SAN=thread CC=clang)

lib: $(out)/libcmwq.a $(out)/include/cmwq.h ## build build/libcmwq.a and build/include/cmwq.h, the engine as a library (free mode only)

run: all ## install what is missing, build, open the program (ARGS="run life")
	@$(out)/kworkshop $(ARGS)

test: WERROR := -Werror
test: all $(out)/kw-tests $(out)/kw-example $(out)/kw-count-alloc $(out)/kw-loads ## install what is missing, build, run all tests (T=suite.test SEED=41 JUNIT=FILE)
	@KW_BINARY=$(out)/kworkshop $(if $(SEED),KW_SEED=$(SEED)) $(out)/kw-tests --jobs $(JOBS) $(if $(JUNIT),--junit $(JUNIT)) $(T)

mutants: ## apply each small fault to a copy of the engine; a test must fail for each (MUTANTS="003 017")
	@JOBS=$(JOBS) MUTANTS="$(MUTANTS)" tests/mutants/run.sh $(B)/mutants

CAMPAIGN_RUNS := 1000000
CAMPAIGN_FILES = $(sort $(wildcard tests/scenarios/*.kws)) \
	$(addprefix tests/explore/,cancel.c delayed.c flush.c gone.c node.c right.c tiny.c) \
	$(sort $(filter-out $(wildcard lessons/*.??.lua lessons/*.???.lua lessons/*.*_*.lua),$(wildcard lessons/[0-9]*.lua)))
campaign: $(out)/kworkshop ## run all scenarios and lessons under RUNS=1000000 schedules (SEED=1 JOBS=); exit 1 on a failure that is not in tests/explore/known_deviations
	@$(out)/kworkshop explore $(CAMPAIGN_FILES) --known-deviations tests/explore/known_deviations \
		--runs $(or $(RUNS),$(CAMPAIGN_RUNS)) --seed $(or $(SEED),1) $(if $(JOBS),--jobs $(JOBS))

bench: all $(out)/kw-bench $(out)/kw-bench-peers ## install what is missing, build, measure (BENCH="handover peers ..." QUICK=1); exit 1 if a target is missed
	@KW_BINARY=$(out)/kworkshop QUICK=$(QUICK) $(out)/kw-bench $(BENCH)

SOAK_SECONDS ?= 120
SOAK_SEEDS ?= 25
SOAK_SANITIZERS ?= thread address,undefined
soak: ## stress test of free mode with each sanitizer (SOAK_SECONDS=120 each, shared by SOAK_SEEDS=25 seeds from SEED=1 on), and soak-faults; exit 1 on a failure
	@for s in $(SOAK_SANITIZERS); do \
		echo "soak: SAN=$$s"; $(MAKE) --no-print-directory SAN=$$s soak-one || exit 1; \
	done
	@$(MAKE) --no-print-directory soak-faults

FAULT_SUITES := fault_folders fault_limits fault_memory fault_signals fault_writes
soak-faults: WERROR := -Werror
soak-faults: all $(out)/kw-tests ## every fault of the fault suites, of which `make test` tries a sample
	@KW_FAULTS=all KW_TEST_SECONDS=7200 KW_BINARY=$(out)/kworkshop $(out)/kw-tests --jobs $(JOBS) $(FAULT_SUITES)

soak-one: WERROR := -Werror
soak-one: $(out)/kw-soak
	@TSAN_OPTIONS="halt_on_error=1 second_deadlock_stack=1 history_size=4 $$TSAN_OPTIONS" \
	UBSAN_OPTIONS="print_stacktrace=1 $$UBSAN_OPTIONS" \
	$(out)/kw-soak --seconds $(SOAK_SECONDS) --seed $(or $(SEED),1) --seeds $(SOAK_SEEDS)

$(out)/kw-soak: $(soak_objects)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS)

SEEDS ?= 50
SCENARIOS ?= tests/scenarios/*.kws
conform: all ## compare scenarios with the facts of a real kernel (SEEDS=50 SCENARIOS="...")
	@$(out)/kworkshop conform $(SCENARIOS) --seeds $(SEEDS) --jobs $(JOBS)

check-course: $(out)/kworkshop ## check all lessons and exercises: 200 variants, 100 seeds, every answer; `make test` does it with --fast
	@$(out)/kworkshop check lessons exercises --strict --jobs $(JOBS)

check-layers: $(out)/kw-tests ## check the includes between rooms, and the uses of clocks and randomness
	@$(out)/kw-tests unit_layers

$(out)/kworkshop: $(objects) $(main_objects)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS)

$(out)/kw-tests: $(objects) $(test_objects) | $(out)/kw-faults.so
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS) $(DEPS_TEST_LIBS)

$(out)/kw-bench: $(objects) $(bench_objects)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS)

# compares the library, so it is linked with the library and not with the rooms
$(out)/kw-bench-peers: $(peers_objects) $(out)/libcmwq.a
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS) $(PEERS_GLIB_LIBS) $(PEERS_TBB_LIBS)

$(out)/peers/src/bench/peers/peer_tbb_cc.o: src/bench/peers/peer_tbb.cc
	$(say) CXX $<
	@mkdir -p $(@D)
	$(q)$(PEERS_CXX) -std=c++17 -Wall -Wextra -Wshadow $(CPPFLAGS) $(PEERS_TBB_CFLAGS) $(CFLAGS) -pthread -MMD -MP -c -o $@ $<

# the same program for the tests, without the pools that need further libraries
$(out)/kw-loads: $(loads_objects) $(out)/libcmwq.a
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS)

$(out)/few/%.o: CPPFLAGS += -DKW_NO_GLIB='"not in this program"' -DKW_NO_TBB='"not in this program"'
$(out)/few/%.o: %.c $(out)/include/cmwq.h
	$(say) CC '$< (few)'
	@mkdir -p $(@D)
	$(q)$(compile) -I$(out)/include -c -o $@ $<

# programs that use only the library
$(out)/kw-example: docs/examples/squares.c
$(out)/kw-count-alloc: tests/lib/count_alloc.c src/bench/peers/malloc_count.c
$(out)/kw-count-alloc: own_headers := -Isrc
$(out)/kw-example $(out)/kw-count-alloc: $(out)/include/cmwq.h $(out)/libcmwq.a
	$(say) LINK $@
	$(q)$(CC) $(DIALECT) $(WARNINGS) $(WERROR) -I$(out)/include $(own_headers) $(CFLAGS) $(SANFLAGS) -pthread $(LDFLAGS) -o $@ \
		$(filter %.c,$^) $(out)/libcmwq.a $(DEPS_LIBS)

# loaded into the program by tests/support/harm.c
$(out)/kw-faults.so: tests/faults/preload.c tests/faults/preload.h
	$(say) LINK $@
	@mkdir -p $(@D)
	$(q)$(CC) $(DIALECT) $(WARNINGS) $(WERROR) $(CPPFLAGS) -g -O2 -fPIC -shared -o $@ $<

# one object that exports only the functions of cmwq.h, because a program may define its
# own schedule() or mutex_lock()
$(out)/libcmwq.a: $(lib_objects) Makefile
	$(say) AR $@
	$(q)$(CC) $(SANFLAGS) $(LIB_LINK) -nostdlib -r -o $(out)/lib/cmwq.o $(lib_objects)
	$(q)$(OBJCOPY) --localize-hidden $(out)/lib/cmwq.o
	$(q)rm -f $@ && $(AR) rcs $@ $(out)/lib/cmwq.o

cmwq_parts := src/lib/lib.h src/machine/kapi.h src/workqueue/workqueue.h
$(out)/include/cmwq.h: src/lib/cmwq.h.in $(cmwq_parts) src/scripts/cmwq_h.sh
	$(say) GEN $@
	@mkdir -p $(@D)
	$(q)sh src/scripts/cmwq_h.sh $(VERSION) <$< >$@

$(out)/obj/%.o: %.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(q)$(compile) -c -o $@ $<

comma := ,
$(out)/kw-embed: lua/embed_main.c $(deps_mk)
	@mkdir -p $(@D)
	$(q)$(compile) -o $@ $< $(filter-out -Wl$(comma)--wrap=%,$(DEPS_LIBS))

$(out)/script_libs.c: $(LUA_lib) $(out)/kw-embed Makefile
	$(say) GEN $@
	@mkdir -p $(@D)
	$(q)$(out)/kw-embed $(LUA_lib) >$@

# lessons and exercises to begin with, as C strings
$(out)/first/%.inc: src/cli/first/%.lua Makefile
	$(say) GEN $@
	@mkdir -p $(@D)
	$(q)sed 's/[\\"]/\\&/g; s/^/"/; s/$$/\\n"/' $< >$@

$(out)/obj/src/cli/new.o $(out)/obj/src/cli/new_exercise.o: $(patsubst src/cli/first/%.lua,$(out)/first/%.inc,$(wildcard src/cli/first/*.lua))
$(out)/obj/src/cli/new.o $(out)/obj/src/cli/new_exercise.o: CPPFLAGS += -I$(out)

$(out)/obj/script_libs.o: $(out)/script_libs.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(q)$(compile) -c -o $@ $<

# compiled with the public header cmwq.h
$(out)/peers/%.o: %.c $(out)/include/cmwq.h
	$(say) CC $<
	@mkdir -p $(@D)
	$(q)$(compile) -I$(out)/include -c -o $@ $<

$(out)/lib/%.o: %.c
	$(say) CC '$< (free)'
	@mkdir -p $(@D)
	$(q)$(compile) $(LIB_LTO) -DKW_FREE_ONLY -fvisibility=hidden -c -o $@ $<

docs: $(out)/kw-docs $(out)/kw-lua-docs $(out)/kw-keys-docs $(out)/kw-cli-docs ## write the pages of docs/ that are generated from tables
	@$(out)/kw-docs > docs/events.md
	@$(out)/kw-keys-docs > docs/keys.md
	@$(out)/kw-cli-docs docs
	@$(out)/kw-lua-docs calls.lua > lua/editor/calls.lua
	@$(out)/kw-lua-docs .luacheckrc > .luacheckrc
	@$(out)/kw-lua-docs .luarc.json > .luarc.json
	@{ sed '/^<!-- api:begin/q' docs/lua.md; $(out)/kw-lua-docs lua.md; } > $(out)/lua.md && cp $(out)/lua.md docs/lua.md

$(out)/kw-lua-docs: lua/docs_main.c lua/api_page.c lua/api_editor.c lua/api_where.h lua/api.def src/trace/trace_events.def
	@mkdir -p $(@D)
	$(q)$(compile) -o $@ $(filter %.c,$^)

$(out)/kw-cli-docs: $(objects) $(out)/obj/src/cli/docs_main.o
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS)

$(out)/kw-keys-docs: visualizer/docs_main.c visualizer/keys.c src/words/texts.c src/base/strbuf.c visualizer/keys.def visualizer/keys.h \
		src/words/texts.def src/words/texts_cli.def src/words/texts_check.def src/words/texts_choosing.def src/words/texts_classroom.def src/words/texts_exercise.def src/words/texts_free.def src/words/texts_handin.def src/words/texts_home.def src/words/texts_lesson.def src/words/texts_pick.def src/words/texts_items.def src/words/texts.h
	@mkdir -p $(@D)
	$(q)$(compile) -o $@ $(filter %.c,$^)

$(out)/kw-docs: src/trace/docs_main.c src/trace/table_page.c src/trace/trace_table.c src/base/check.c src/base/check.c src/trace/trace_events.def src/trace/trace_why.def src/trace/trace.h
	@mkdir -p $(@D)
	$(q)$(compile) -o $@ $(filter %.c,$^)

.PHONY: screens pictures
screens: $(out)/kw-screens ## write the screens of all lessons at their questions, verdicts and decisions to build/screens: text, SVG, PNG if there is rsvg-convert (DIR= SIZES="80x24 120x40" MODE="--ascii --theme mono")
	@mkdir -p $(or $(DIR),$(out)/screens)
	@$(out)/kw-screens $(MODE) $(or $(DIR),$(out)/screens) $(SIZES)
	@if command -v rsvg-convert >/dev/null; then \
		for f in $(or $(DIR),$(out)/screens)/*.svg; do rsvg-convert -o "$${f%.svg}.png" "$$f" || exit 1; done; \
	else echo 'no PNG: rsvg-convert is not installed (package librsvg2-bin)'; fi

pictures: $(out)/kw-screens ## write the pictures of README.md to docs/pictures
	@$(out)/kw-screens --readme docs/pictures

$(out)/kw-screens: $(objects) $(addprefix $(out)/obj/tests/,screens_main.o support/pictures.o support/pupil.o)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS)

.PHONY: english english-update english-read
english: $(out)/kw-english ## print the sentences that tests/unit_english.c counts (ONLY="docs/*.md")
	@$(out)/kw-english $(if $(ONLY),'$(ONLY)')

english-update: $(out)/kw-english ## lower tests/english/counts to the current numbers
	@$(out)/kw-english --update

english-read: ## write docs/english-read.md from the history
	@sh src/scripts/english_read.sh >$(out)/english-read.md && cp $(out)/english-read.md docs/english-read.md

$(out)/kw-english: $(addprefix $(out)/obj/tests/,english_main.o support/english.o support/english_tree.o)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(DEPS_LIBS)

rules: ## list the rules of docs/rules.md that no test names
	@sed -n 's/^- \*\*\(R[0-9.]*\)\*\*.*/\1/p' docs/rules.md | while read -r r; do \
		grep -rqE "RULE\(([^)]*[^0-9.R])?$$r[,)]" tests || grep -m 1 -F -- "- **$$r**" docs/rules.md; \
	done | cut -c 3-110

FUZZ_SECONDS ?= 60
# an input that takes more memory or time than its size explains is a failure
FUZZ_BOUNDS := -rss_limit_mb=400 -timeout=5
fuzz: $(out)/kw-fuzz $(out)/kw-fuzz-kws $(out)/kw-fuzz-json $(out)/kw-fuzz-handin $(out)/kw-fuzz-translation ## fuzz the readers of events, recordings, scenarios, facts, JSON, hand-ins and translations (clang; FUZZ_SECONDS=60 each)
	@mkdir -p $(out)/fuzz-corpus $(out)/fuzz-kws $(out)/fuzz-json
	@$(out)/kw-fuzz -max_total_time=$(FUZZ_SECONDS) -max_len=8192 $(FUZZ_BOUNDS) $(out)/fuzz-corpus tests/recordings
	@$(out)/kw-fuzz-kws -max_total_time=$(FUZZ_SECONDS) -max_len=12000 $(FUZZ_BOUNDS) $(out)/fuzz-kws
	@$(out)/kw-fuzz-json -max_total_time=$(FUZZ_SECONDS) -max_len=4096 $(FUZZ_BOUNDS) $(out)/fuzz-json
	@mkdir -p $(out)/fuzz-handin
	@$(out)/kw-fuzz-handin -max_total_time=$(FUZZ_SECONDS) -max_len=4096 $(FUZZ_BOUNDS) $(out)/fuzz-handin
	@mkdir -p $(out)/fuzz-translation
	@$(out)/kw-fuzz-translation -max_total_time=$(FUZZ_SECONDS) -max_len=4096 $(FUZZ_BOUNDS) $(out)/fuzz-translation

$(out)/kw-fuzz-translation: tests/fuzz/fuzz_translation.c $(SRC_base) src/model/translation.c
	@mkdir -p $(@D)
	$(q)clang -std=gnu11 $(CPPFLAGS) $(DEPS_CFLAGS) -g -O1 -fsanitize=fuzzer,address,undefined -pthread -o $@ $(filter %.c,$^) $(DEPS_LIBS)

$(out)/kw-fuzz-json: tests/fuzz/fuzz_json.c $(SRC_base)
	@mkdir -p $(@D)
	$(q)clang -std=gnu11 $(CPPFLAGS) $(DEPS_CFLAGS) -g -O1 -fsanitize=fuzzer,address,undefined -pthread -o $@ $(filter %.c,$^) $(DEPS_LIBS)

$(out)/kw-fuzz-handin: tests/fuzz/fuzz_handin.c $(SRC_base) $(SRC_trace) $(SRC_model) $(SRC_run) $(SRC_words) src/classroom/handin.c src/classroom/config.c
	@mkdir -p $(@D)
	$(q)clang -std=gnu11 $(CPPFLAGS) $(DEPS_CFLAGS) -g -O1 -fsanitize=fuzzer,address,undefined -pthread -o $@ $(filter %.c,$^) $(DEPS_LIBS)

$(out)/kw-fuzz-kws: tests/fuzz/fuzz_kws.c $(SRC_base) $(filter-out src/conform/record_trace.c src/conform/runner.c src/conform/seed_run.c src/conform/steps.c,$(SRC_conform))
	@mkdir -p $(@D)
	$(q)clang -std=gnu11 $(CPPFLAGS) $(DEPS_CFLAGS) -g -O1 -fsanitize=fuzzer,address,undefined -pthread -o $@ $(filter %.c,$^) $(DEPS_LIBS)

$(out)/kw-fuzz: tests/fuzz/fuzz_trace.c $(SRC_base) $(SRC_trace) $(SRC_model)
	@mkdir -p $(@D)
	$(q)clang -std=gnu11 $(CPPFLAGS) $(DEPS_CFLAGS) -g -O1 -fsanitize=fuzzer,address,undefined -pthread -o $@ $(filter %.c,$^) $(DEPS_LIBS)

# the pages that `kworkshop help` reads
HELP_PAGES := docs/checklist.md docs/errata.md docs/events.md docs/glossary.md docs/keys.md docs/lua.md docs/rules.md docs/settings.md
# the pages for authors, and those that they name
AUTHOR_PAGES := docs/authoring.md docs/coverage.md docs/exercises.md docs/explore.md docs/free-play.md docs/inputs.md docs/progress.md docs/reading.md \
	docs/translations.md

install: all install-lib ## copy the program, lessons and Lua library under PREFIX (default /usr/local; DESTDIR works)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/kworkshop
	install -m 755 $(out)/kworkshop $(DESTDIR)$(PREFIX)/bin/kworkshop
	for d in lessons exercises lua/lib lua/editor .luacheckrc $(AUTHOR_PAGES) $(HELP_PAGES); do \
		find $$d -type f | while read -r f; do \
			install -D -m 644 "$$f" "$(DESTDIR)$(PREFIX)/share/kworkshop/$$f" || exit 1; \
		done || exit 1; \
	done
	for f in $(wildcard src/words/??.def src/words/???.def src/words/*_*[A-Z].def); do \
		install -D -m 644 "$$f" "$(DESTDIR)$(PREFIX)/share/kworkshop/$$f" || exit 1; \
	done
	# the headers that C tests of `explore` include
	find src/base src/trace src/machine src/workqueue src/explore/explore_test.h -name '*.h' -o -name '*.def' | \
		while read -r f; do \
			install -D -m 644 "$$f" "$(DESTDIR)$(PREFIX)/share/kworkshop/$$f" || exit 1; \
		done
	install -D -m 644 docs/man/kworkshop.1 $(DESTDIR)$(PREFIX)/share/man/man1/kworkshop.1
	install -D -m 644 docs/completion/kworkshop.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kworkshop
	install -D -m 644 docs/completion/_kworkshop $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_kworkshop
	install -D -m 644 docs/completion/kworkshop.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/kworkshop.fish

.PHONY: install-lib uninstall-lib
install-lib: lib ## copy libcmwq.a, cmwq.h, cmwq.pc, cmwq(3) and an example under PREFIX
	install -D -m 644 $(out)/libcmwq.a $(DESTDIR)$(PREFIX)/lib/libcmwq.a
	install -D -m 644 $(out)/include/cmwq.h $(DESTDIR)$(PREFIX)/include/cmwq.h
	install -D -m 644 docs/man/cmwq.3 $(DESTDIR)$(PREFIX)/share/man/man3/cmwq.3
	install -D -m 644 docs/examples/squares.c $(DESTDIR)$(PREFIX)/share/doc/kworkshop/examples/squares.c
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' src/scripts/cmwq.pc.in >$(DESTDIR)$(PREFIX)/lib/pkgconfig/cmwq.pc

uninstall-lib:
	rm -f $(DESTDIR)$(PREFIX)/lib/libcmwq.a $(DESTDIR)$(PREFIX)/include/cmwq.h $(DESTDIR)$(PREFIX)/lib/pkgconfig/cmwq.pc
	rm -f $(DESTDIR)$(PREFIX)/share/man/man3/cmwq.3
	rm -rf $(DESTDIR)$(PREFIX)/share/doc/kworkshop

uninstall: uninstall-lib ## remove the installed files
	rm -f $(DESTDIR)$(PREFIX)/bin/kworkshop $(DESTDIR)$(PREFIX)/share/man/man1/kworkshop.1
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kworkshop $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_kworkshop
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/kworkshop.fish
	rm -rf $(DESTDIR)$(PREFIX)/share/kworkshop

clean: ## remove all output (downloaded packages in build/deps stay)
	@if [ -d $(B) ]; then find $(B) -mindepth 1 -maxdepth 1 ! -name deps -exec rm -rf {} +; fi

help: ## list the targets
	@printf 'make [TARGET] [V=1] [SAN=...] [CC=clang]\n\n'
	@sed -n 's/^\([a-z-]*\):[^=#]*## \(.*\)/\1\t\2/p' Makefile | \
		awk -F '\t' '{ printf "  %-13s %s\n", $$1, $$2 }'

-include $(out)/obj/src/cli/docs_main.d $(out)/obj/tests/english_main.d $(out)/obj/tests/screens_main.d $(objects:.o=.d) $(main_objects:.o=.d) $(test_objects:.o=.d) $(bench_objects:.o=.d) $(peers_objects:.o=.d) $(loads_objects:.o=.d) $(soak_objects:.o=.d) $(lib_objects:.o=.d)
