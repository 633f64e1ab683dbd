-- A report of the kernel, in which the student points at lines.
return exercise {
  kind     = "dump", title = "%s", points = 4, minutes = 5,
  question = "Which item keeps the others waiting?",
  machine  = { cpus = 1 },
  story    = [[ A machine answers slowly. SysRq-t has put its workqueues into the log. Read the report, then answer. ]],
  params   = function(pick) return { jobs = pick(3, 5), rest = pick(30, 50) } end,
  report   = "sysrq-t",		-- or "ps", "dmesg", or a file beside this one: "report.txt"

  scene = function(p)
    local wq = alloc_workqueue("jobs", 0, 1)
    local long, job = work("long", function() sleep_ms(p.rest) end), {}
    for i = 1, p.jobs do job[i] = work("job" .. i, function() burn(1) end) end
    irq(0, "card", function()
      queue_work(wq, long)
      for i = 1, p.jobs do queue_work(wq, job[i]) end
    end)
    run(10)
    sysrq "t"
    -- accept is a Lua pattern for the text of the line: a - is written %-
    ask { "Point at the line of the item that has begun and has not ended.", id = "inside", pick = "line", accept = "in%-flight",
      wrong = { { "inactive", "These items wait for a slot of their workqueue." } },
      hints = { "The kernel calls an item `in-flight` while a worker is inside its function." },
      why = "`in-flight` lists the workers of a pool that are inside an item, each with the item's function." }
    ask { "Point at the line of the items that max_active holds back.", id = "held", pick = "line", accept = "inactive:",
      wrong = { { "in%-flight", "This item has begun." } },
      hints = { "`jobs` lets one item be active at a time." },
      why = "An item beyond max_active is on the workqueue's inactive list, and in no pool." }
  end }
