-- 08-eight-names: the names of kworkers in ps: CPU, pool, highpri, unbound, rescuer, in an item or idle.
return exercise {
  kind    = "dump", title = "Eight names", points = 8, minutes = 8,
  question = "What can be read from a kworker's name?",
  needs   = { "pools-and-names" }, covers = { rules = { "R3.13", "R3.14" } },
  machine = { cpus = 4 },
  report  = "ps",
  story   = [[ A machine with four CPUs, a moment ago. You have nothing but `ps`.

               The columns are the thread's number, its CPU, its nice value, its state and its name. ]],
  params  = function(pick)
    local mail, high, log = pick.distinct(3, 0, 3)
    return { mail = mail, high = high, log = log, spare = pick(0, 3) }
  end,

  scene = function(p)
    local mail = alloc_workqueue("mail", WQ_MEM_RECLAIM, 0)
    local video = alloc_workqueue("video", WQ_HIGHPRI, 0)
    local backup = alloc_workqueue("backup", WQ_UNBOUND, 0)
    local log = alloc_workqueue("log", 0, 0)
    local letter = work("letter", function() sleep_ms(80) end)
    local frame = work("frame", function() burn(0.5) end)
    local copy = work("copy", function() sleep_ms(80) end)
    local line = work("line", function() burn(0.3) end)
    irq(p.mail, "net", function() queue_work(mail, letter) end)
    irq(p.high, "gpu", function() queue_work(video, frame) end)
    irq(p.spare, "disk", function() queue_work(backup, copy) end)
    irq(p.log, "uart", function() queue_work(log, line) end)
    run(20)

    local high = "kworker/" .. p.high .. ":%d+H"
    ask { "Which thread waits at home until `mail` calls for it?", id = "rescuer", pick = "line", accept = "kworker/R%-mail",
          wrong = { { "%+mail", "It is inside an item of `mail` right now, so it does not wait at home." } },
          hints = { "A workqueue with WQ_MEM_RECLAIM has a thread of its own.", "R stands for rescuer." },
          why = "R- and the workqueue's name: its rescuer. It sleeps until a mayday." }
    ask { "Which thread is inside an item of `mail`?", id = "inside", pick = "line", accept = "%+mail",
          wrong = { { "R%-mail", "That is the rescuer of `mail`. It is at home: its name has no +." },
                    { "%+backup", "The workqueue behind the + is another one." } },
          hints = { "One sign stands for 'in an item now', another one for 'ran one last'." },
          why = "+ and the workqueue's name: the worker is inside an item of it. It sleeps there, so its state is D." }
    ask { "Which thread has run an item of `log` last, and is idle now?", id = "last", pick = "line", accept = "%-log",
          wrong = { { "%+", "The + means that this thread is inside an item." } },
          hints = { "- stands where + stood while it ran." },
          why = "- and the workqueue's name: the last item that it ran was one of `log`." }
    ask { "Which thread ran the item of `video`?", id = "video", pick = "line", accept = "%-video",
          wrong = { { "H", "It belongs to a highpri pool, but it ran no item of `video`." } },
          hints = { "`video` has WQ_HIGHPRI. Which of the workers of highpri pools has its name?" },
          why = "H behind the number: a worker of a CPU's highpri pool, with nice -20." }
    ask { "Which thread is the *other* one of the highpri pool of CPU {high}?", id = "spare", pick = "line",
          accept = high .. "$",
          wrong = { { "%-video", "That one ran the item. Its pool keeps another one in reserve." }, { "H", "That is the pool of another CPU." } },
          hints = { "The number before the colon is the CPU." },
          why = "CPU, colon, number in the pool, H: the pool has a worker in reserve." }
    ask { "Which thread is inside an item of a workqueue that belongs to no CPU?", id = "unbound", pick = "line", accept = "kworker/u%d+:%d+%+",
          wrong = { { "kworker/u", "It belongs to no CPU, but its name has no +: it is not inside an item." },
                    { "%+mail", "`mail` is a workqueue of CPUs: the number before the colon is a CPU." } },
          hints = { "u stands for unbound.", "And + for 'inside an item'." },
          why = "u and a number: a worker of an unbound pool. The number is the pool's, not a CPU." }
    ask { "A thread is inside an item of `mail`. Point at a thread of the highpri pool of the same CPU.",
          id = "same-cpu", short = "Which highpri worker has the CPU of the item of `mail`?", pick = "line",
          accept = "kworker/" .. p.mail .. ":%d+H",
          wrong = { { "H", "It is a highpri pool's, but of another CPU." }, { "kworker/" .. p.mail .. ":", "It has the CPU, but H is missing: a normal pool's." } },
          hints = { "Read the CPU from the name of the thread with +mail." },
          why = "Each CPU has two pools: a normal one, and one with nice -20." }
    ask { "Which line is no kworker, and waits for RCU?", id = "other", pick = "line", accept = "rcu",
          wrong = { { "pool_workqueue_release", "It is no kworker either, but its name has no RCU: it frees what a workqueue leaves behind." },
                    { "kworker", "The name begins with kworker." } },
          hints = { "Not every thread of the kernel is a worker." },
          why = "The kernel has other threads too. The workqueues' threads are called kworker." }
  end,
  why = "CPU:number is a CPU's pool, with H its highpri pool; u and a number an unbound pool; R- a rescuer; + the workqueue of its item, - of its last one." }
