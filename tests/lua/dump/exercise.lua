-- dump/exercise.lua: a report of another machine, from a file, beside a run of the same; tests/unit_pick.c plays it.
return exercise {
  kind = "dump", title = "A report from a file", points = 4, question = "Which item holds the pool?", machine = { cpus = 2 },
  report = "report.txt", map = { kws_q0 = "q0", fn2 = "w0", fn3 = "w1", ["875"] = "1:1" },
  story = "You get this report by mail.",
  scene = function()
    local q0 = alloc_workqueue("q0", 0, 0)
    local w0, w1 = work("w0", function() hog(300) end), work("w1", function() burn(1) end)
    irq(1, "nic", function() queue_work(q0, w0) queue_work(q0, w1) end)
    run(100)
    ask { "Which line names the item that keeps the pool busy?", id = "busy", pick = "line", accept = "in%-flight",
          wrong = { { "pending", "fn3 waits." } }, hints = { "It is in flight." }, why = "It is inside its worker." }
    ask { "Which line names the item that waits?", id = "waits", pick = "line", accept = "pending",
          hints = { "It is pending." }, why = "It is on the worklist." }
  end,
  why = "A report names the culprit and what waits behind it.",
}
