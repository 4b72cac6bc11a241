using System.Text;
using EdgeModules.Testing;
using EdgeSimulator.Terminals;
using Microsoft.Extensions.Time.Testing;

namespace EdgeSimulator.Tests.Terminals;

public sealed class GrowingFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly CancellationTokenSource _over = new();
    private readonly Sink _target = new();

    public void Dispose()
    {
        _over.Dispose();
        _target.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData("", 5, "")]
    [InlineData("a\nb\nc\n", 2, "b\nc\n")]
    [InlineData("a\nb\nc\n", 0, "")]
    [InlineData("a\nb\nc\n", 3, "a\nb\nc\n")]
    [InlineData("a\nb\nc\n", 99, "a\nb\nc\n")]
    [InlineData("a\nb\nunfini", 1, "b\n")]
    [InlineData("\n\n\n", 2, "\n\n")]
    [InlineData("unfini", 1, "")]
    public async Task StartOfLast_Lines_IsWhereTheyBegin(string text, int lines, string expected)
    {
        var file = Create(text);
        await _over.CancelAsync();
        await file.CopyAsync(file.StartOfLast(lines), _target, _over.Token, CancellationToken.None);
        Assert.Equal(expected, _target.Text);
    }

    [Fact]
    public async Task StartOfLast_OfMoreThanOneBlock_IsWhereTheyBegin()
    {
        var lines = Enumerable.Range(0, 50_000).Select(number => $"line {number}").ToList();
        var file = Create(string.Concat(lines.Select(line => line + "\n")));
        await _over.CancelAsync();
        await file.CopyAsync(file.StartOfLast(20_000), _target, _over.Token, CancellationToken.None);
        Assert.Equal(string.Concat(lines.Skip(30_000).Select(line => line + "\n")), _target.Text);
    }

    [Fact]
    public async Task Start_BehindAnEarlierRun_IsTheFirstThatIsSeen()
    {
        var file = new GrowingFile(_directory.Write("log", "old\nnew 1\nnew 2\n"), start: 4, _clock);
        Assert.Equal(4, file.StartOfLast(99));
        await _over.CancelAsync();
        await file.CopyAsync(file.Start, _target, _over.Token, CancellationToken.None);
        Assert.Equal("new 1\nnew 2\n", _target.Text);
    }

    [Fact]
    public async Task Copy_FileThatGrows_FollowsWholeLinesAndEndsWithWhatIsThere()
    {
        var path = Path.Combine(_directory.FullPath, "later");
        var file = new GrowingFile(path, 0, _clock);
        var copying = file.CopyAsync(file.End, _target, _over.Token, CancellationToken.None);
        await File.AppendAllTextAsync(path, "one\ntw");
        await Waiting.ForAsync(() => _target.Text == "one\n", "the first line", Advance);
        await File.AppendAllTextAsync(path, "o\n");
        await Waiting.ForAsync(() => _target.Text == "one\ntwo\n", "the second line", Advance);
        await File.AppendAllTextAsync(path, "three\nnever ended");
        await _over.CancelAsync();
        await copying;
        Assert.Equal("one\ntwo\nthree\n", _target.Text);
    }

    [Fact]
    public async Task Copy_LineLongerThanTheBuffer_IsWhole()
    {
        var line = new string('x', 1_000_000) + "\n";
        var file = Create("a\n" + line + "b\n");
        await _over.CancelAsync();
        await file.CopyAsync(0, _target, _over.Token, CancellationToken.None);
        Assert.Equal("a\n" + line + "b\n", _target.Text);
    }

    [Fact]
    public async Task Copy_Cancelled_EndsAtOnce()
    {
        var file = Create("a\n");
        using var cancelled = new CancellationTokenSource();
        var copying = file.CopyAsync(0, _target, _over.Token, cancelled.Token);
        await Waiting.ForAsync(() => _target.Text == "a\n", "the line", Advance);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
    }

    private GrowingFile Create(string text) => new(_directory.Write("log", text), 0, _clock);

    private void Advance() => _clock.Advance(TimeSpan.FromMilliseconds(100));

    /// <summary>Read by the test while it is written.</summary>
    private sealed class Sink : MemoryStream
    {
        private readonly Lock _lock = new();

        public string Text
        {
            get
            {
                lock (_lock) return Encoding.UTF8.GetString(GetBuffer(), 0, (int)Length);
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_lock) Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
