-- expects: holds
local function interrupt(_, dev)
  queue_work(dev.wq, dev.work)
end

local function run(w)
  local dev = container_of(w)
  dev.runs = dev.runs + 1
  if dev.runs % 4 ~= 0 then queue_work(dev.wq, w) end		-- chained work, which a drain accepts
  sleep_ms(1)
end

local function probe(dev, opt)
  dev.line, dev.runs = opt.line, 0
  dev.wq = alloc_workqueue("own", 0)
  dev.work = work("run", run)
  request_irq(dev.line, interrupt, 0, "dev", dev)
end

local function remove(dev)
  free_irq(dev.line, dev)
  queue_work(dev.wq, dev.work)
  destroy_workqueue(dev.wq)
  kfree(dev)
end

return { driver = { object = "dev", probe = probe, remove = remove } }
