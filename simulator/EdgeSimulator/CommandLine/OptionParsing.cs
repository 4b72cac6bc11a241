using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace EdgeSimulator.CommandLine;

/// <summary>Options with a range; what is out of it is refused by name, value, and what it must be.</summary>
internal static class OptionParsing
{
    public static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    public static Option<T?> Parsed<T>(string name, string value, string description, Func<ArgumentResult, T?> parse) =>
        new(name) { Description = description, HelpName = value, CustomParser = parse };

    public static Option<int> Port(string name, int usual, string description) => Whole(name, description, usual, 1, 65_535, "PORT");

    public static Option<int> Whole(string name, string description, int usual, int least, int most, string value = "N") => new(name)
    {
        Description = description,
        HelpName = value,
        DefaultValueFactory = _ => usual,
        CustomParser = result => (int)(Number(result, least, most, whole: true) ?? 0),
    };

    /// <summary>Files of layered deployments.</summary>
    public static Option<string[]?> LayersOption() => new("--layer")
    {
        Description = "A layered deployment to merge over the manifest, as IoT Hub would; may be repeated",
        HelpName = "FILE",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <param name="files">As typed.</param>
    public static IReadOnlyList<string> Paths(IEnumerable<string>? files, string directory) => [.. (files ?? []).Select(file => Path.GetFullPath(file, directory))];

    public static TimeSpan? Seconds(ArgumentResult result, double least, double most) =>
        Number(result, least, most, whole: false) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public static double? Number(ArgumentResult result, double least, double most, bool whole, string also = "")
    {
        var text = result.Tokens[^1].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most && (!whole || number == Math.Floor(number)))
        {
            return number;
        }

        result.AddError($"{NameOf(result)} is \"{text}\"; it must be a {(whole ? "whole " : "")}number from {least:0.###} to {most:0} {also}".TrimEnd() + ".");
        return null;
    }

    public static string NameOf(ArgumentResult result) => result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
}
