using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace EdgeModules.ModelTrainer.CommandLine;

/// <summary>Options with a range; what is out of it is refused by name, value, and what it must be.</summary>
internal static class OptionParsing
{
    public static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };

    public static Option<string> Required(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value, Required = true };

    public static Option<string[]> List(string name, string value, string description, params string[] usual) => new(name)
    {
        Description = description,
        HelpName = value,
        CustomParser = result =>
            [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
        DefaultValueFactory = _ => usual,
    };

    public static Option<long> Whole(string name, string description, long usual, long least, long most, string value = "N") => new(name)
    {
        Description = description,
        HelpName = value,
        DefaultValueFactory = _ => usual,
        CustomParser = result => (long)Number(result, least, most, isWhole: true),
    };

    public static Option<double> Decimal(string name, string description, double usual, double least, double most, string value = "N") => new(name)
    {
        Description = description,
        HelpName = value,
        DefaultValueFactory = _ => usual,
        CustomParser = result => Number(result, least, most, isWhole: false),
    };

    private static double Number(ArgumentResult result, double least, double most, bool isWhole)
    {
        var text = result.Tokens[^1].Value;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most && (!isWhole || number == Math.Floor(number)))
        {
            return number;
        }

        var name = result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
        result.AddError(string.Create(
            CultureInfo.InvariantCulture,
            $"{name} is \"{text}\"; it must be a {(isWhole ? "whole " : "")}number from {least:0.######} to {most:0.######}."));
        return least;
    }
}
