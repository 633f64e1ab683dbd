-- report.lua: questions about lines of the kernel's log and of SysRq-t; tests/unit_pick.c plays it.
return lesson {
  title = "A report", machine = { cpus = 2, boot = { watchdog_thresh = 1 } },

  function()
    local q0 = alloc_workqueue("q0", 0, 0)
    local w0, w1 = work("w0", function() hog(2500) end), work("w1", function() burn(1) end)
    irq(1, "nic", function() queue_work(q0, w0) queue_work(q0, w1) end)
    run_until(stalls(pool(1)), 3000)
    run(1)
    ask { "Which line names the item that keeps the pool busy?", id = "busy", pick = "line", report = "dmesg", points = 1,
          answer = function(t) return 5, t:first(stalls(pool(1))) end }
    sysrq "t"
    run(1)
    ask { "Which line names the item that waits?", id = "waits", pick = "line", report = "sysrq-t", accept = "pending: w1" }
  end }
