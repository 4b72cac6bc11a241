namespace EdgeModules.ModelTrainer;

/// <summary>A mistake of the user or of the data, told in one line.</summary>
public sealed class TrainerException(string message, Exception? inner = null) : Exception(message, inner);
