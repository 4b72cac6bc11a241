namespace EdgeModules.Testing;

/// <summary>For tests that count what a thread allocates.</summary>
public static class Allocations
{
    /// <summary>
    /// Bytes by which the count may grow though nothing was allocated: a collection, set off by any thread, gives back the end of what this one had reserved. Far
    /// less than one object a call.
    /// </summary>
    public const long Noise = 512;
}
