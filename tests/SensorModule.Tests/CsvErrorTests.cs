using EdgeModules.Sensing.Replay;

namespace EdgeModules.Sensing.Tests;

public class CsvErrorTests
{
    [Theory]
    [InlineData("", "{file} is empty; it must begin with a header line that names its columns.")]
    [InlineData("zone,temperature\nx,1\n", "{file} header is \"zone,temperature\"; it must have a column \"deviceId\".")]
    [InlineData("deviceId,zone,timestamp\na,b,1\n", "{file} header is \"deviceId,zone,timestamp\"; it must have a column for at least one metric.")]
    [InlineData("deviceId,t,t\na,1,2\n", "{file} header, column 3 is \"t\" again; every name must be there once.")]
    [InlineData("deviceId,t,\na,1,2\n", "{file} header, column 3 is \"\"; it must have a name of 1 to 128 characters in UTF-8.")]
    [InlineData("deviceId,t\n", "{file} has a header and no row; it must have one reading at least.")]
    [InlineData("deviceId,t\na,1\n,2\n", "{file} line 3, column \"deviceId\" is \"\"; it must be 1 to 128 characters.")]
    [InlineData("deviceId,t\na,1\n\n\nb,warm\n", "{file} line 5, column \"t\" is \"warm\"; it must be a number with a decimal point, NaN, Infinity, -Infinity, or empty.")]
    [InlineData("deviceId;t\na;1,5\n", "{file} line 2, column \"t\" is \"1,5\"; it must be a number with a decimal point, NaN, Infinity, -Infinity, or empty.")]
    [InlineData("deviceId,t\na,1 000\n", "{file} line 2, column \"t\" is \"1 000\"; it must be a number with a decimal point, NaN, Infinity, -Infinity, or empty.")]
    [InlineData("deviceId,t\na,1,2\n", "{file} line 2 has 3 columns; it must have 2, as the header has.")]
    [InlineData("deviceId,t,h\na,1\n", "{file} line 2 has 2 columns; it must have 3, as the header has.")]
    [InlineData("deviceId,zone,t,h\na,z,,\n", "{file} line 2 has no value in \"t, h\"; it must have one metric at least.")]
    [InlineData("deviceId,timestamp,t\na,yesterday,1\n", "{file} line 2, column \"timestamp\" is \"yesterday\"; it must be Unix milliseconds or an ISO-8601 time.")]
    [InlineData("deviceId,timestamp,t\na,,1\n", "{file} line 2, column \"timestamp\" is \"\"; it must be Unix milliseconds or an ISO-8601 time.")]
    [InlineData("deviceId,timestamp,t\na,9999999999999999,1\n", "{file} line 2, column \"timestamp\" is \"9999999999999999\"; it must be Unix milliseconds or an ISO-8601 time.")]
    [InlineData("deviceId,t\n\"a\nb\",x\n", "{file} line 2, column \"t\" is \"x\"; it must be a number with a decimal point, NaN, Infinity, -Infinity, or empty.")]
    public void Prepare_OfAFileThatCannotBeUsed_NamesThePlaceTheValueAndTheRule(string content, string message)
    {
        using var file = new CsvFile(System.Text.Encoding.UTF8.GetBytes(content));
        Assert.Equal(message.Replace("{file}", file.Path, StringComparison.Ordinal), ErrorOf(file.Path));
    }

    [Theory]
    [InlineData("deviceId,t\na,1\n\"a,2\nb,3\n", 3)]
    [InlineData("deviceId,t\na,1\"\n", 2)]
    [InlineData("deviceId,t\n\"a\"b,1\n", 2)]
    public void Prepare_OfBadQuotes_NamesTheLine(string content, int line)
    {
        using var file = new CsvFile(System.Text.Encoding.UTF8.GetBytes(content));
        Assert.StartsWith($"{file.Path} line {line} cannot be read (", ErrorOf(file.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_OfBytesThatAreNotUtf8_NamesTheCell()
    {
        using var file = new CsvFile([.. "deviceId,t\n"u8, 0xC3, 0x28, .. ",1\n"u8]);
        Assert.Contains("line 2", ErrorOf(file.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_OfAnEndlessQuote_DoesNotReadItIntoMemory()
    {
        using var file = new CsvFile([.. "deviceId,t\n\""u8, .. new byte[5_000_000], .. "\",1\n"u8]);
        var error = ErrorOf(file.Path);
        Assert.InRange(error.Length, 1, 1_000);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void Prepare_OfARowTooLargeForAMessage_SaysSo()
    {
        using var file = new CsvFile("deviceId,t", $"{new string('a', 128)},1", $"b,0.{new string('1', 260_000)}");
        Assert.Contains("line 3 is a reading of 2600", ErrorOf(file.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_OfAMissingFile_NamesTheSettingAndThePath()
    {
        Assert.Equal(
            $"replay.file is \"no/such.csv\", which cannot be opened as {Path.GetFullPath("no/such.csv")} (there is no such file); it must be a CSV file that can be read.",
            ErrorOf("no/such.csv"));
    }

    [Fact]
    public void Prepare_OfADirectory_SaysSoInOneLine() => Assert.StartsWith("replay.file is ", ErrorOf(Path.GetTempPath()), StringComparison.Ordinal);

    [Fact]
    public void Prepare_KeepTimestampsWithoutTimestamps_SaysSo()
    {
        using var file = new CsvFile("deviceId,t", "a,1");
        Assert.Equal(
            $"{file.Path} header has no column \"timestamp\"; it must have one when replay.keepTimestamps is true.",
            ErrorOf(file.Path, settings => settings with { KeepTimestamps = true }));
    }

    [Fact]
    public void Tick_OfAFileWithABadRowAtTheEnd_SendsNothingAndIdles()
    {
        using var file = new CsvFile([.. Enumerable.Range(0, 50_000).Select(row => $"d{row % 9},{row}").Prepend("deviceId,t"), "d1,x"]);
        using var player = new Player(new SensorSettings { Replay = new ReplaySettings { File = file.Path, Speed = 0 } });
        player.PlayToEnd();
        Assert.Empty(player.Sent);
        Assert.Null(player.NextTick);
        Assert.Equal("failed", player.Source.Value<string>("state"));
        Assert.Contains("line 50002, column \"t\" is \"x\"", player.Source.Value<string>("error"), StringComparison.Ordinal);
    }

    [Fact]
    public void Tick_OfAFileThatLosesRowsWhileItIsRead_SendsWhatWasThereAndFails()
    {
        using var file = new CsvFile([.. Enumerable.Range(0, 30_000).Select(row => $"d{row % 9},{row}").Prepend("deviceId,t")]);
        using var player = new Player(new SensorSettings { Replay = new ReplaySettings { File = file.Path, Speed = 0 } });
        player.PlayMessages(1);
        using (var open = new FileStream(file.Path, FileMode.Open)) open.SetLength(100_000);
        player.PlayToEnd();
        Assert.Equal("failed", player.Source.Value<string>("state"));
        Assert.InRange(player.Readings.Count, 1_000, 29_999);
        Assert.Equal(player.Readings.Count, player.Ledger.Total("generated"));
    }

    private static string ErrorOf(string path, Func<ReplaySettings, ReplaySettings>? change = null)
    {
        var settings = new ReplaySettings { File = path };
        using var source = new ReplaySource(change?.Invoke(settings) ?? settings);
        return Assert.Throws<SourceException>(() =>
        {
            while (!source.Prepare());
        }).Message;
    }
}
