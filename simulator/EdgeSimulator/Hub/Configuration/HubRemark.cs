using Newtonsoft.Json.Linq;

namespace EdgeSimulator.Hub.Configuration;

public enum HubRemarkKind
{
    /// <summary>edgeHub does not know the key.</summary>
    Unknown,

    /// <summary>Known, and without effect.</summary>
    NoEffect,

    /// <summary>Messages that no route gives a time to live expire at once.</summary>
    ExpiresAtOnce,
}

/// <summary>What is legal in the desired properties of <c>$edgeHub</c>, and has no effect or hardly the one meant.</summary>
/// <param name="Problem">A sentence without its begin, which is the path.</param>
internal sealed record HubRemark(HubRemarkKind Kind, JObject Parent, string Name, string Problem);
