namespace EdgeModules.Messages;

/// <summary>Why a reading or a body goes to the output <c>invalid</c>; the values of <c>reason</c> and of the metric label.</summary>
public static class InvalidReasons
{
    /// <summary>The body is not UTF-8.</summary>
    public const string NotUtf8 = "notUtf8";

    /// <summary>The body is not one JSON value.</summary>
    public const string NotJson = "notJson";

    /// <summary>A string in escapes that is no Unicode text.</summary>
    public const string NotUnicode = "notUnicode";

    /// <summary>The body or an element of its array is JSON but no object.</summary>
    public const string NotAReading = "notAReading";

    /// <summary>The same of an item that is no reading.</summary>
    public const string NotAnObject = "notAnObject";

    public const string MissingDeviceId = "missingDeviceId";

    public const string MissingTimestamp = "missingTimestamp";

    /// <summary>Neither Unix milliseconds nor ISO-8601, or outside the years 1 to 9999.</summary>
    public const string UnreadableTimestamp = "unreadableTimestamp";

    /// <summary>A <c>deviceId</c> or <c>zone</c> that is empty or longer than <see cref="MessageLimits.NameCharacters"/>.</summary>
    public const string WrongLength = "wrongLength";

    /// <summary>A <c>deviceId</c>, <c>zone</c> or metric named in the settings is of another JSON type.</summary>
    public const string WrongType = "wrongType";

    /// <summary>An item lacks a property that it must have.</summary>
    public const string MissingProperty = "missingProperty";

    /// <summary>A property of an item has none of the values that it may have.</summary>
    public const string UnknownValue = "unknownValue";

    /// <summary>NaN or an infinity, as a string or by overflow.</summary>
    public const string NonFinite = "nonFinite";

    public const string NoMetric = "noMetric";

    /// <summary>More than <see cref="MessageLimits.Metrics"/> metrics.</summary>
    public const string TooManyMetrics = "tooManyMetrics";

    /// <summary>A numeric property has the name of a field of some message; see <see cref="ReservedNames"/>.</summary>
    public const string ReservedName = "reservedName";

    /// <summary>A reading larger than <see cref="MessageLimits.EmittedItem"/>.</summary>
    public const string TooLarge = "tooLarge";
}
