namespace EdgeModules.Messages;

public sealed class ReadingBatch
{
}
