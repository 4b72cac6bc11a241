namespace EdgeModules.Hosting.Connection;

/// <summary>A message as edgeHub delivered it on an input.</summary>
/// <param name="Body">Valid until the message is acknowledged.</param>
/// <param name="Properties">Application and system properties; the latter with the keys of <see cref="Messages.SystemProperties"/>.</param>
public sealed record InboundMessage(string Input, ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Properties);
