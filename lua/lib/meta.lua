---@meta kworkshop
-- For editors that speak LuaLS; made from lua/api.def, never run.

--- `lesson { title=, question=, minutes=, needs=, machine=, params=, avoid=, covers=, version=, function(p) ... end }`
--- declares a lesson; its function is called with the drawn parameters
---@param a1 any
---@return any
function lesson(a1) end

--- `exercise { kind=, title=, points=, story=, files=, settings=, scene=, checks=, hints=, why=, params=, ... }`
--- declares an exercise; its scene is called with the drawn parameters and the student's part
---@param a1 any
---@return any
function exercise(a1) end

--- `hidden_checks { { "name", never=, ... }, ..., params= }`
--- checks of an instructor, in a file of their own
---@param a1 any
---@return any
function hidden_checks(a1) end

--- `say "text" | say { "text", look=, at=, notes=, id=, press= }`
--- one card of text; waits for Enter
---@param a1 any
---@return any
function say(a1) end

--- `q = predict { "question", kind, answer=, hints=, why=, id=, pin= }`
--- asks about what the next runs will do; the verdict comes at its evidence
---@param a1 any
---@return any
function predict(a1) end

--- `q = ask { "question", kind, correct= or answer=, hints=, why=, id=, retry= }`
--- asks about what has happened, or a rule; verdict at once (retry=true: asked again until right)
---@param a1 any
---@return any
function ask(a1) end

--- `reveal(q)`
--- gives the verdict of a prediction now
---@param a1 any
---@return any
function reveal(a1) end

--- `recap { "...", ... }`
--- the sentences to remember
---@param a1 any
---@return any
function recap(a1) end

--- `look(x, ...)`
--- dims all else until the next look; look() lights everything
---@return any
function look(...) end

--- `show "timeline" | "events" | "dmesg" | "source" | "pools" | "machine"`
--- opens a view, until the lesson goes on; in line mode its lines are printed
---@param a1 any
---@return any
function show(a1) end

--- `expect(cond, "text")`
--- the author's own assertion: false is a faulty lesson, never the student's mistake
---@param a1 any
---@param a2? any
---@return any
function expect(a1, a2) end

--- `irq(cpu, name, fn)`
--- one hard interrupt on cpu as soon as time moves; fn(line) runs in hardirq context
---@param a1 any
---@param a2 any
---@param a3 any
---@return any
function irq(a1, a2, a3) end

--- `line = irq_line(cpu, name[, handler])`
--- a device's line
---@param a1 any
---@param a2 any
---@param a3? any
---@return any
function irq_line(a1, a2, a3) end

--- `raise(line[, cpu])`
--- the device raises its line
---@param a1 any
---@param a2? any
---@return any
function raise(a1, a2) end

--- `h = task(cpu, name, fn[, { nice=, fifo= }])`
--- a kernel thread bound to cpu (-1: any), starting now
---@param a1 any
---@param a2 any
---@param a3 any
---@param a4? any
---@return any
function task(a1, a2, a3, a4) end

--- `at(ms, fn)`
--- fn() at lesson time ms
---@param a1 any
---@param a2 any
---@return any
function at(a1, a2) end

--- `after(ms, fn)`
--- fn() ms from now
---@param a1 any
---@param a2 any
---@return any
function after(a1, a2) end

--- `every(ms, times, fn)`
--- fn() again and again
---@param a1 any
---@param a2 any
---@param a3 any
---@return any
function every(a1, a2, a3) end

--- `when(p, fn)`
--- fn(event) after each match from now on
---@param a1 any
---@param a2 any
---@return any
function when(a1, a2) end

--- `run(ms)`
--- lets ms pass from now
---@param a1 any
---@return any
function run(a1) end

--- `e = run_until(p[, limit | { limit=, or_nil=true }])`
--- stops right after the first match from now; limit 1000 ms
---@param a1 any
---@param a2? any
---@return any
function run_until(a1, a2) end

--- `e = run_before(p[, limit | { limit=, or_nil=true }])`
--- stops just before the first match from now: it has not happened yet
---@param a1 any
---@param a2? any
---@return any
function run_before(a1, a2) end

--- `free_play()`
--- hands the machine to the student: acts are carried out until the input ends
---@return any
function free_play() end

--- `run_idle([limit | { limit=, or_stuck=true }])`
--- until nothing is pending, running or armed; an item that waits for ever is a fault
---@param a1? any
---@return any
function run_idle(a1) end

--- `ms = now()`
--- time since the machine was switched on
---@return any
function now() end

--- `offline(cpu)`
--- takes a CPU off-line
---@param a1 any
---@return any
function offline(a1) end

--- `online(cpu)`
--- brings a CPU back
---@param a1 any
---@return any
function online(a1) end

--- `ok = freeze()`
--- freezes the system as suspending does: true once nothing freezable is active, false (all thawed) after 20 s
---@return any
function freeze() end

--- `thaw()`
--- ends it: limits are back, waiting items start
---@return any
function thaw() end

--- `no_new_workers(on)`
--- thread creation blocks from here on, or works again
---@param a1 any
---@return any
function no_new_workers(a1) end

--- `param(name, value)`
--- writes a parameter of the workqueue code
---@param a1 any
---@param a2 any
---@return any
function param(a1, a2) end

--- `show_one_workqueue(wq)`
--- the state of one workqueue, in the log
---@param a1 any
---@return any
function show_one_workqueue(a1) end

--- `show_freezable_workqueues()`
--- the freezable ones that are busy, in the log
---@return any
function show_freezable_workqueues() end

--- `wq_watchdog_touch(cpu)`
--- resets the watchdog of cpu, although its pools make no progress
---@param a1 any
---@return any
function wq_watchdog_touch(a1) end

--- `sysrq "t"`
--- the kernel lists its workqueues in the log
---@param a1 any
---@return any
function sysrq(a1) end

--- `w = work(name, fn) | work { name=, func=, func_name= }`
--- a work item, idle
---@param a1 any
---@param a2? any
---@return any
function work(a1, a2) end

--- `w = delayed_work(name, fn) | delayed_work { ... }`
--- a work item with a timer, idle
---@param a1 any
---@param a2? any
---@return any
function delayed_work(a1, a2) end

--- `w = deferrable_work(name, fn) | deferrable_work { ... }`
--- the same with a timer that does not wake an idle CPU
---@param a1 any
---@param a2? any
---@return any
function deferrable_work(a1, a2) end

--- `w = rcu_work(name, fn) | rcu_work { ... }`
--- an item that is queued after a grace period, idle
---@param a1 any
---@param a2? any
---@return any
function rcu_work(a1, a2) end

--- `ok = queue_work(wq, w)`
--- asks for one run; false: it was pending already
---@param a1 any
---@param a2 any
---@return any
function queue_work(a1, a2) end

--- `ok = queue_work_on(cpu, wq, w)`
--- the same on one CPU
---@param a1 any
---@param a2 any
---@param a3 any
---@return any
function queue_work_on(a1, a2, a3) end

--- `ok = queue_work_node(node, wq, w)`
--- the same on a CPU of that node; wq is WQ_UNBOUND
---@param a1 any
---@param a2 any
---@param a3 any
---@return any
function queue_work_node(a1, a2, a3) end

--- `ok = schedule_work(w)`
--- queue_work() on the system's workqueue
---@param a1 any
---@return any
function schedule_work(a1) end

--- `ok = schedule_work_on(cpu, w)`
--- the same on one CPU
---@param a1 any
---@param a2 any
---@return any
function schedule_work_on(a1, a2) end

--- `ok = queue_delayed_work(wq, w, delay)`
--- asks for one run after delay jiffies
---@param a1 any
---@param a2 any
---@param a3 any
---@return any
function queue_delayed_work(a1, a2, a3) end

--- `ok = queue_delayed_work_on(cpu, wq, w, delay)`
--- the same on one CPU
---@param a1 any
---@param a2 any
---@param a3 any
---@param a4 any
---@return any
function queue_delayed_work_on(a1, a2, a3, a4) end

--- `ok = schedule_delayed_work(w, delay)`
--- on the system's workqueue
---@param a1 any
---@param a2 any
---@return any
function schedule_delayed_work(a1, a2) end

--- `ok = schedule_delayed_work_on(cpu, w, delay)`
--- the same on one CPU
---@param a1 any
---@param a2 any
---@param a3 any
---@return any
function schedule_delayed_work_on(a1, a2, a3) end

--- `was = mod_delayed_work(wq, w, delay)`
--- moves the timer, or arms it; true: it was pending
---@param a1 any
---@param a2 any
---@param a3 any
---@return any
function mod_delayed_work(a1, a2, a3) end

--- `was = mod_delayed_work_on(cpu, wq, w, delay)`
--- the same on one CPU
---@param a1 any
---@param a2 any
---@param a3 any
---@param a4 any
---@return any
function mod_delayed_work_on(a1, a2, a3, a4) end

--- `ok = queue_rcu_work(wq, w)`
--- asks for one run after a grace period
---@param a1 any
---@param a2 any
---@return any
function queue_rcu_work(a1, a2) end

--- `waited = flush_work(w)`
--- waits for the last queueing so far
---@param a1 any
---@return any
function flush_work(a1) end

--- `waited = flush_delayed_work(w)`
--- queues it now if its timer runs, then waits
---@param a1 any
---@return any
function flush_delayed_work(a1) end

--- `waited = flush_rcu_work(w)`
--- waits for the grace period, then for the run
---@param a1 any
---@return any
function flush_rcu_work(a1) end

--- `was = cancel_work(w)`
--- takes a queueing back; a run goes on
---@param a1 any
---@return any
function cancel_work(a1) end

--- `was = cancel_work_sync(w)`
--- and waits until no run is left
---@param a1 any
---@return any
function cancel_work_sync(a1) end

--- `was = cancel_delayed_work(w)`
--- takes timer or queueing back; a run goes on
---@param a1 any
---@return any
function cancel_delayed_work(a1) end

--- `was = cancel_delayed_work_sync(w)`
--- and waits until no run is left
---@param a1 any
---@return any
function cancel_delayed_work_sync(a1) end

--- `was = disable_work(w)`
--- cancels, and refuses queueing until enabled
---@param a1 any
---@return any
function disable_work(a1) end

--- `was = disable_work_sync(w)`
--- and waits until no run is left
---@param a1 any
---@return any
function disable_work_sync(a1) end

--- `was = disable_delayed_work(w)`
--- the same for a delayed item
---@param a1 any
---@return any
function disable_delayed_work(a1) end

--- `was = disable_delayed_work_sync(w)`
--- the same for a delayed item
---@param a1 any
---@return any
function disable_delayed_work_sync(a1) end

--- `zero = enable_work(w)`
--- undoes one disable; true: queueing works again
---@param a1 any
---@return any
function enable_work(a1) end

--- `zero = enable_delayed_work(w)`
--- the same for a delayed item
---@param a1 any
---@return any
function enable_delayed_work(a1) end

--- `ok = enable_and_queue_work(wq, w)`
--- enables, and queues if that was the last disable
---@param a1 any
---@param a2 any
---@return any
function enable_and_queue_work(a1, a2) end

--- `yes = work_pending(w)`
--- is PENDING set?  stale at once
---@param a1 any
---@return any
function work_pending(a1) end

--- `yes = delayed_work_pending(w)`
--- is PENDING set?  stale at once
---@param a1 any
---@return any
function delayed_work_pending(a1) end

--- `bits = work_busy(w)`
--- 1 pending, 2 running, 3 both; a hint
---@param a1 any
---@return any
function work_busy(a1) end

--- `w = current_work()`
--- the item this worker runs, or nil
---@return any
function current_work() end

--- `yes = current_is_workqueue_rescuer()`
--- is this thread a rescuer?
---@return any
function current_is_workqueue_rescuer() end

--- `yes = current_is_workqueue_mem_reclaim()`
--- is this an item of a WQ_MEM_RECLAIM workqueue?
---@return any
function current_is_workqueue_mem_reclaim() end

--- `err = schedule_on_each_cpu(fn[, name])`
--- fn(w) once on each CPU that is on-line; waits for all; 0 or -errno
---@param a1 any
---@param a2? any
---@return any
function schedule_on_each_cpu(a1, a2) end

--- `value = work_on_cpu(cpu, fn[, arg])`
--- fn(arg) in a work item on cpu; waits for its value
---@param a1 any
---@param a2 any
---@param a3? any
---@return any
function work_on_cpu(a1, a2, a3) end

--- `value = work_on_cpu_safe(cpu, fn[, arg])`
--- the same with the CPU held on-line, -ENODEV if it is not; gone since 6.17
---@param a1 any
---@param a2 any
---@param a3? any
---@return any
function work_on_cpu_safe(a1, a2, a3) end

--- `queued = execute_in_process_context(fn, w)`
--- calls fn(w) now (0) where that may sleep, else queues w (1); fn is the function w was made with
---@param a1 any
---@param a2 any
---@return any
function execute_in_process_context(a1, a2) end

--- `set_worker_desc(text)`
--- names the worker for the rest of this item
---@param a1 any
---@return any
function set_worker_desc(a1) end

--- `wq = alloc_workqueue(name[, flags[, max_active]])`
--- a domain for items; nil if refused
---@param a1 any
---@param a2? any
---@param a3? any
---@return any
function alloc_workqueue(a1, a2, a3) end

--- `wq = alloc_ordered_workqueue(name[, flags])`
--- one item at a time, in order
---@param a1 any
---@param a2? any
---@return any
function alloc_ordered_workqueue(a1, a2) end

--- `wq = create_workqueue(name)`
--- the way before 2.6.36: one item at a time on each CPU, with a rescuer
---@param a1 any
---@return any
function create_workqueue(a1) end

--- `wq = create_freezable_workqueue(name)`
--- the same, unbound, and stops while frozen
---@param a1 any
---@return any
function create_freezable_workqueue(a1) end

--- `wq = create_singlethread_workqueue(name)`
--- the same, ordered
---@param a1 any
---@return any
function create_singlethread_workqueue(a1) end

--- `destroy_workqueue(wq)`
--- drains it and gives it back
---@param a1 any
---@return any
function destroy_workqueue(a1) end

--- `workqueue_set_max_active(wq, n)`
--- how many items may be active
---@param a1 any
---@param a2 any
---@return any
function workqueue_set_max_active(a1, a2) end

--- `workqueue_set_min_active(wq, n)`
--- how many may be active on each node, whatever its share; wq is WQ_UNBOUND
---@param a1 any
---@param a2 any
---@return any
function workqueue_set_min_active(a1, a2) end

--- `err = workqueue_unbound_exclude_cpumask(mask)`
--- isolates CPUs: unbound work leaves those of mask; 0 or -errno
---@param a1 any
---@return any
function workqueue_unbound_exclude_cpumask(a1) end

--- `err = apply_workqueue_attrs(wq, { nice=, cpumask=, affn_scope=, affn_strict= })`
--- new attributes for a WQ_UNBOUND workqueue; defaults: nice 0, all CPUs, scope "default", not strict
---@param a1 any
---@param a2 any
---@return any
function apply_workqueue_attrs(a1, a2) end

--- `err = workqueue_sysfs_register(wq)`
--- gives it a directory in /sys, as WQ_SYSFS does
---@param a1 any
---@return any
function workqueue_sysfs_register(a1) end

--- `text = sysfs(wq, file) | err = sysfs(wq, file, value)`
--- reads or writes a file in /sys/devices/virtual/workqueue (wq nil: cpumask of all unbound work); err 0 or a negative number
---@param a1 any
---@param a2 any
---@param a3? any
---@return any
function sysfs(a1, a2, a3) end

--- `yes = workqueue_congested(cpu, wq)`
--- are items held back there?
---@param a1 any
---@param a2 any
---@return any
function workqueue_congested(a1, a2) end

--- `flush_workqueue(wq)`
--- waits for all items queued before the call
---@param a1 any
---@return any
function flush_workqueue(a1) end

--- `flush_scheduled_work()`
--- flushes the system's workqueue (deprecated)
---@return any
function flush_scheduled_work() end

--- `drain_workqueue(wq)`
--- flushes until empty; only chained work is accepted meanwhile
---@param a1 any
---@return any
function drain_workqueue(a1) end

--- `burn(ms)`
--- CPU time, offering cond_resched() all the time; interrupts of its CPU count
---@param a1 any
---@return any
function burn(a1) end

--- `hog(ms)`
--- CPU time, never offering
---@param a1 any
---@return any
function hog(a1) end

--- `compute(ms)`
--- CPU time of its own code: burn(ms), and each interrupt of its CPU moves the end by its length
---@param a1 any
---@return any
function compute(a1) end

--- `sleep_ms(ms)`
--- sleeps exactly that long
---@param a1 any
---@return any
function sleep_ms(a1) end

--- `msleep(ms)`
--- the kernel's: whole ms, follows jiffies: 10 takes 10 to 11
---@param a1 any
---@return any
function msleep(a1) end

--- `mdelay(ms)`
--- busy wait, in any context
---@param a1 any
---@return any
function mdelay(a1) end

--- `udelay(us)`
--- busy wait, in any context
---@param a1 any
---@return any
function udelay(a1) end

--- `cond_resched()`
--- lets another thread run, if one wants to
---@return any
function cond_resched() end

--- `j = jiffies()`
--- ticks since the machine was switched on
---@return any
function jiffies() end

--- `j = msecs_to_jiffies(ms)`
--- rounds up
---@param a1 any
---@return any
function msecs_to_jiffies(a1) end

--- `ms = jiffies_to_msecs(j)`
--- a number of jiffies in milliseconds
---@param a1 any
---@return any
function jiffies_to_msecs(a1) end

--- `m = mutex(name)`
--- a mutex, unlocked
---@param a1 any
---@return any
function mutex(a1) end

--- `mutex_lock(m)`
--- may sleep
---@param a1 any
---@return any
function mutex_lock(a1) end

--- `got = mutex_trylock(m)`
--- takes the mutex if it is free; never sleeps; true: taken
---@param a1 any
---@return any
function mutex_trylock(a1) end

--- `mutex_unlock(m)`
--- releases the mutex; only the thread that holds it may
---@param a1 any
---@return any
function mutex_unlock(a1) end

--- `yes = mutex_is_locked(m)`
--- true while a thread holds the mutex
---@param a1 any
---@return any
function mutex_is_locked(a1) end

--- `l = spinlock(name)`
--- a spin lock, unlocked
---@param a1 any
---@return any
function spinlock(a1) end

--- `spin_lock(l)`
--- no sleeping until spin_unlock()
---@param a1 any
---@return any
function spin_lock(a1) end

--- `spin_unlock(l)`
--- releases the lock
---@param a1 any
---@return any
function spin_unlock(a1) end

--- `spin_lock_irqsave(l)`
--- interrupts of this CPU wait too
---@param a1 any
---@return any
function spin_lock_irqsave(a1) end

--- `spin_unlock_irqrestore(l)`
--- releases the lock and allows interrupts as before spin_lock_irqsave()
---@param a1 any
---@return any
function spin_unlock_irqrestore(a1) end

--- `c = completion(name[, { by = item }])`
--- something to wait for; by: the item (or its name) whose function completes it, for the chain of waiters
---@param a1 any
---@param a2? any
---@return any
function completion(a1, a2) end

--- `wait_for_completion(c)`
--- may sleep
---@param a1 any
---@return any
function wait_for_completion(a1) end

--- `got = try_wait_for_completion(c)`
--- takes one completion if there is one; never sleeps; true: taken
---@param a1 any
---@return any
function try_wait_for_completion(a1) end

--- `complete(c)`
--- wakes one waiter
---@param a1 any
---@return any
function complete(a1) end

--- `complete_all(c)`
--- wakes all waiters, now and later
---@param a1 any
---@return any
function complete_all(a1) end

--- `yes = completion_done(c)`
--- true if a wait would return at once
---@param a1 any
---@return any
function completion_done(a1) end

--- `err = request_irq(line, handler[, flags[, name[, dev]]])`
--- handler(line, dev) in hardirq context; 0 or -errno
---@param a1 any
---@param a2 any
---@param a3? any
---@param a4? any
---@param a5? any
---@return any
function request_irq(a1, a2, a3, a4, a5) end

--- `err = request_threaded_irq(line, handler, thread_fn[, flags[, name[, dev]]])`
--- handler may return IRQ_WAKE_THREAD
---@param a1 any
---@param a2 any
---@param a3 any
---@param a4? any
---@param a5? any
---@param a6? any
---@return any
function request_threaded_irq(a1, a2, a3, a4, a5, a6) end

--- `free_irq(line[, dev])`
--- detaches; waits for a running handler
---@param a1 any
---@param a2? any
---@return any
function free_irq(a1, a2) end

--- `t = tasklet(name, fn)`
--- fn() in softirq context
---@param a1 any
---@param a2 any
---@return any
function tasklet(a1, a2) end

--- `tasklet_schedule(t)`
--- runs the tasklet in a softirq of this CPU, once, soon
---@param a1 any
---@return any
function tasklet_schedule(a1) end

--- `tasklet_hi_schedule(t)`
--- as tasklet_schedule(), in the softirq HI, which runs first
---@param a1 any
---@return any
function tasklet_hi_schedule(a1) end

--- `tasklet_kill(t)`
--- waits until it neither runs nor is scheduled
---@param a1 any
---@return any
function tasklet_kill(a1) end

--- `open_softirq(vec, fn)`
--- fn() serves that vector; NET_TX_SOFTIRQ, NET_RX_SOFTIRQ, BLOCK_SOFTIRQ or IRQ_POLL_SOFTIRQ
---@param a1 any
---@param a2 any
---@return any
function open_softirq(a1, a2) end

--- `raise_softirq(vec)`
--- its function is called on this CPU soon
---@param a1 any
---@return any
function raise_softirq(a1) end

--- `t = timer(name, fn)`
--- a kernel timer: fn(t) in softirq context
---@param a1 any
---@param a2 any
---@return any
function timer(a1, a2) end

--- `was = mod_timer(t, expires)`
--- arms it for jiffy expires (jiffies() + n)
---@param a1 any
---@param a2 any
---@return any
function mod_timer(a1, a2) end

--- `was = timer_delete(t)`
--- stops the timer; does not wait for a callback that runs; true: it was armed
---@param a1 any
---@return any
function timer_delete(a1) end

--- `was = timer_delete_sync(t)`
--- waits for a running function
---@param a1 any
---@return any
function timer_delete_sync(a1) end

--- `yes = timer_pending(t)`
--- true while the timer is armed
---@param a1 any
---@return any
function timer_pending(a1) end

--- `printk(text | format, ...)`
--- a line of the kernel's log
---@param a1 any
---@return any
function printk(a1, ...) end

--- `cpu = smp_processor_id()`
--- the number of the current CPU
---@return any
function smp_processor_id() end

--- `yes = in_hardirq()`
--- true inside an interrupt handler
---@return any
function in_hardirq() end

--- `yes = in_softirq()`
--- true inside a softirq, or with softirqs off
---@return any
function in_softirq() end

--- `yes = in_task()`
--- true in a thread, outside interrupts and softirqs
---@return any
function in_task() end

--- `yes = in_atomic()`
--- sleeping is not allowed here
---@return any
function in_atomic() end

--- `preempt_disable()`
--- no other thread runs on this CPU until preempt_enable(); may be nested
---@return any
function preempt_disable() end

--- `preempt_enable()`
--- ends one preempt_disable()
---@return any
function preempt_enable() end

--- `name = current_comm()`
--- the name of this thread
---@return any
function current_comm() end

--- `o = object(name[, fields])`
--- modelled memory; an item stored in a field is embedded
---@param a1 any
---@param a2? any
---@return any
function object(a1, a2) end

--- `kfree(o)`
--- frees it; an item pending or armed inside is a bug
---@param a1 any
---@return any
function kfree(a1) end

--- `v = shared(name, value)`
--- one shared variable: v.value
---@param a1 any
---@param a2 any
---@return any
function shared(a1, a2) end

--- `o = container_of(w)`
--- the object an item is embedded in
---@param a1 any
---@return any
function container_of(a1) end

--- `m = insmod(name, driver[, opt])`
--- loads { object=, probe=, remove= }: calls probe(dev, opt)
---@param a1 any
---@param a2 any
---@param a3? any
---@return any
function insmod(a1, a2, a3) end

--- `rmmod(m)`
--- calls remove(dev); a run that goes on and a leak are bugs
---@param a1 any
---@return any
function rmmod(a1) end

--- `queues(x)`
--- an item is put on a workqueue
---@param a1 any
---@return any
function queues(a1) end

--- `activates(x)`
--- it enters a pool's worklist
---@param a1 any
---@return any
function activates(a1) end

--- `starts(x)`
--- a worker calls its function
---@param a1 any
---@return any
function starts(a1) end

--- `ends(x)`
--- the function has returned
---@param a1 any
---@return any
function ends(a1) end

--- `collides(x)`
--- taken while another worker still runs it
---@param a1 any
---@return any
function collides(a1) end

--- `cancels(x)`
--- cancel or disable took effect
---@param a1 any
---@return any
function cancels(a1) end

--- `delays(x)`
--- its timer was armed
---@param a1 any
---@return any
function delays(a1) end

--- `sets_pending(x)`
--- PENDING was clear and is set
---@param a1 any
---@return any
function sets_pending(a1) end

--- `clears_pending(x)`
--- PENDING is cleared
---@param a1 any
---@return any
function clears_pending(a1) end

--- `sleeps(x)`
--- a worker blocks inside item x
---@param a1 any
---@return any
function sleeps(a1) end

--- `wakes(x)`
--- a worker inside item x is back from blocking; x a pool: it wakes a worker
---@param a1 any
---@return any
function wakes(a1) end

--- `creates([pool])`
--- a new worker exists
---@param a1? any
---@return any
function creates(a1) end

--- `culls([pool])`
--- an idle worker is ended
---@param a1? any
---@return any
function culls(a1) end

--- `manages([pool])`
--- a worker becomes manager
---@param a1? any
---@return any
function manages(a1) end

--- `maydays([wq])`
--- a pool calls for this workqueue's rescuer
---@param a1? any
---@return any
function maydays(a1) end

--- `rescues([wq or item])`
--- the rescuer takes an item
---@param a1? any
---@return any
function rescues(a1) end

--- `stalls([pool])`
--- the watchdog reports a pool
---@param a1? any
---@return any
function stalls(a1) end

--- `hogs([x])`
--- an item was caught on the CPU for too long
---@param a1? any
---@return any
function hogs(a1) end

--- `calls(f[, x])`
--- lesson code calls a kernel function; f or "f"
---@param a1 any
---@param a2? any
---@return any
function calls(a1, a2) end

--- `returns(f[, x])`
--- it has returned (.ret)
---@param a1 any
---@param a2? any
---@return any
function returns(a1, a2) end

--- `prints "text"`
--- a line of the log with this text in it
---@param a1 any
---@return any
function prints(a1) end

--- `bug([kind])`
--- a broken rule was reported
---@param a1? any
---@return any
function bug(a1) end

--- `frees(name)`
--- modelled memory was freed
---@param a1 any
---@return any
function frees(a1) end

--- `event(name[, { field=value }])`
--- anything in docs/events.md
---@param a1 any
---@param a2? any
---@return any
function event(a1, a2) end

--- `cpu(n)`
--- a thing to look at
---@param a1 any
---@return any
function cpu(a1) end

--- `pool(cpu[, "high"]) | pool(x)`
--- a pool: of a CPU, or the one that ran or holds item x
---@param a1 any
---@param a2? any
---@return any
function pool(a1, a2) end

--- `worker(name)`
--- a worker by its name, "kworker/0:1"
---@param a1 any
---@return any
function worker(a1) end

--- `near(a, b[, 0.1])`
--- do two times differ by at most 0.1 ms?
---@param a1 any
---@param a2 any
---@param a3? any
---@return any
function near(a1, a2, a3) end

--- the shared workqueue
---@type any
system_wq = nil

--- its new name
---@type any
system_percpu_wq = nil

--- the shared WQ_HIGHPRI workqueue
---@type any
system_highpri_wq = nil

--- for long items
---@type any
system_long_wq = nil

--- for items of no CPU
---@type any
system_unbound_wq = nil

--- its new name
---@type any
system_dfl_wq = nil

--- stops while frozen
---@type any
system_freezable_wq = nil

--- unbound if power_efficient is set
---@type any
system_power_efficient_wq = nil

--- both of these
---@type any
system_freezable_power_efficient_wq = nil

--- items that run in softirq context
---@type any
system_bh_wq = nil

--- the same, before all other softirqs
---@type any
system_bh_highpri_wq = nil

--- items run in softirq context
---@type any
WQ_BH = nil

--- not bound to a CPU
---@type any
WQ_UNBOUND = nil

--- stops while frozen
---@type any
WQ_FREEZABLE = nil

--- has a rescuer
---@type any
WQ_MEM_RECLAIM = nil

--- served by the pool of nice -20
---@type any
WQ_HIGHPRI = nil

--- running items do not count
---@type any
WQ_CPU_INTENSIVE = nil

--- visible as files
---@type any
WQ_SYSFS = nil

--- unbound if the parameter power_efficient is set
---@type any
WQ_POWER_EFFICIENT = nil

--- per-CPU, stated explicitly
---@type any
WQ_PERCPU = nil

--- no CPU requested
---@type any
WORK_CPU_UNBOUND = nil

--- a vector for open_softirq()
---@type any
NET_TX_SOFTIRQ = nil

--- another vector
---@type any
NET_RX_SOFTIRQ = nil

--- another vector
---@type any
BLOCK_SOFTIRQ = nil

--- another vector
---@type any
IRQ_POLL_SOFTIRQ = nil

--- the interrupt came from another device
---@type any
IRQ_NONE = nil

--- done
---@type any
IRQ_HANDLED = nil

--- wake the line's thread
---@type any
IRQ_WAKE_THREAD = nil

--- several handlers on a line
---@type any
IRQF_SHARED = nil

--- the line stays off until the thread is done
---@type any
IRQF_ONESHOT = nil
