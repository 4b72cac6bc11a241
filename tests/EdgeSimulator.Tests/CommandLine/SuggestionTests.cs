using EdgeSimulator.CommandLine;

namespace EdgeSimulator.Tests.CommandLine;

public class SuggestionTests
{
    private static readonly string[] Verbs = ["run", "status", "start", "stop", "restart", "offline", "online", "monitor", "invoke"];

    [Theory]
    [InlineData("statsu", "status")]
    [InlineData("Status", "status")]
    [InlineData("mon", "monitor")]
    [InlineData("ofline", "offline")]
    [InlineData("invok", "invoke")]
    [InlineData("rnu", "run")]
    [InlineData("frob", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void For_MistypedWord_IsTheOneThatWasMeant(string typed, string? meant) => Assert.Equal(meant, Suggestion.For(typed, Verbs));

    [Fact]
    public void For_NoWords_IsNone() => Assert.Null(Suggestion.For("run", []));
}
