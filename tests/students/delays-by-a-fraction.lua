-- expects: driver.lua:10: bad argument #3 to 'queue_delayed_work' (number has no integer representation)
local function interrupt(_, dev)
  queue_work(system_wq, dev.work)
end

local function run(w)
end

local function probe(dev, opt)
  queue_delayed_work(system_wq, delayed_work("late", run), 0.5)
  dev.line = opt.line
  dev.work = work("run", run)
  request_irq(dev.line, interrupt, 0, "dev", dev)
end

local function remove(dev)
  free_irq(dev.line, dev)
  cancel_work_sync(dev.work)
  kfree(dev)
end

return { driver = { object = "dev", probe = probe, remove = remove } }
