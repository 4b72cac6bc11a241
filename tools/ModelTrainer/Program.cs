using EdgeModules.ModelTrainer.CommandLine;

return new TrainerCommandLine(Console.Out, Console.Error).Invoke(args);
