-- fails: every packet is handled once, in a work item
-- driver.lua: the driver of nic; yours to edit.

local function slow_half(w)
  local dev = container_of(w)
  dev.handle(table.remove(dev.list, 1))
end

local function interrupt(_, dev)
  table.insert(dev.list, dev.take())
  queue_work(system_wq, dev.work)
end

local function probe(dev, opt)
  dev.take, dev.handle, dev.line = opt.take, opt.handle, opt.line
  dev.list = {}
  dev.work = work("slow_half", slow_half)
  request_irq(dev.line, interrupt, 0, "nic", dev)
end

local function remove(dev)
  free_irq(dev.line, dev)
  cancel_work_sync(dev.work)
  kfree(dev)
end

return { driver = { object = "nic_dev", probe = probe, remove = remove } }
