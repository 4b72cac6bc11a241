using EdgeSimulator.CommandLine;
using EdgeSimulator.Hub;
using EdgeSimulator.Processes;
using EdgeSimulator.Running;
using EdgeSimulator.Terminals;

if (args is [ExecChild.Verb, ..] && !OperatingSystem.IsWindows()) return ExecChild.Run(args[1..]);

var clock = TimeProvider.System;
var terminal = Terminal.Standard(clock);
var run = new SimulatorRun(terminal, (options, time, loggers) => new EdgeHub(options, time, loggers), clock);
var commandLine = new SimulatorCommandLine(terminal, Console.Error, Console.OpenStandardInput, clock, (options, _) => run.RunAsync(options));
return await commandLine.InvokeAsync(args);
