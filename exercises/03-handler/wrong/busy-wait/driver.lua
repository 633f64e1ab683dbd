-- fails: the handler returns within 0.1 ms
-- driver.lua: the driver of nic; yours to edit.

local function interrupt(_, dev)
  local packet = dev.take()
  mdelay(2)			-- no sleep, but no other interrupt either
  printk("packet %d is handled", packet)
end

local function probe(dev, opt)
  dev.take, dev.handle, dev.line = opt.take, opt.handle, opt.line
  request_irq(dev.line, interrupt, 0, "nic", dev)
end

local function remove(dev)
  free_irq(dev.line, dev)
  kfree(dev)
end

return { driver = { object = "nic_dev", probe = probe, remove = remove } }
