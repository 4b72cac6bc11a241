using EdgeModules.Inference.Models;

namespace EdgeModules.Inference.Swap;

/// <content>What runs beside the loop.</content>
public sealed partial class ModelSwap
{
    private void Fetch(SwapEffect.Fetch fetch)
    {
        CancelWork();
        _with.Store.Use(fetch.Source.Sha256!);
        var cancellation = _work.Token;
        // Who waits for an answer looks up.
        var progress = _download = new DownloadProgress(() => Answer(_ => []));
        _ = Task.Run(async () =>
        {
            try
            {
                // One candidate at a time is on the disk: those before it make room.
                _with.Store.DropUnreferenced();
                await _with.Fetcher.FetchAsync(fetch.Source, fetch.MaxBytes, fetch.Limit, progress, cancellation);
                Answer(now => _machine.Fetched(fetch.Ticket, now));
            }
            catch (OperationCanceledException)
            {
                // The candidate is no more.
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                Answer(now => _machine.FetchFailed(fetch.Ticket, error.Message, now));
            }
        }, CancellationToken.None);
    }

    private void Admit(SwapEffect.Admit admit)
    {
        var sha256 = admit.Source.Sha256!;
        if (_with.Store.Complete(sha256) is not { } model)
        {
            Answer(now => _machine.Mismatched(admit.Ticket, $"The file is not the one whose SHA-256 is {sha256}.", now));
            return;
        }

        var (manifest, errors) = Admission.Check(model, admit.Source, admit.Policy, _with.Unfit);
        var identity = manifest is null ? null : new ModelIdentity(manifest.Name, manifest.Version, sha256);
        Answer(errors.Count == 0
            ? now => _machine.Admitted(admit.Ticket, now)
            : now => _machine.Refused(admit.Ticket, string.Join(' ', errors), identity, [], now));
    }

    private void Load(SwapEffect.Load load)
    {
        WatchedModel? model = null;
        WatchedModel? copy = null;
        try
        {
            model = Open(load.Model, load.Policy);
            var identity = model.Identity;
            Answer(now =>
            {
                _machine.Loaded(load.Ticket, identity, now);
                return [];
            });
            var rules = SelfTest.Run(model, load.Policy, _with.Time);
            var broken = rules.Where(rule => rule.Verdict == RuleVerdict.Broken).Select(rule => rule.Rule).ToList();
            if (broken.Count > 0)
            {
                model.Dispose();
                Answer(now => _machine.Refused(load.Ticket, $"The self-test failed: {string.Join(", ", broken)}.", identity, rules, now));
                return;
            }

            if (load.Beside is { } live) copy = Open(live, load.Policy);
            var (ready, beside) = (model, copy);
            Answer(now => Ready(load, ready, beside, rules, now));
        }
        catch (ModelRuntimeException error)
        {
            model?.Dispose();
            Answer(now => _machine.Impossible(load.Ticket, error.Message, now));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            model?.Dispose();
            copy?.Dispose();
            Answer(now => _machine.Refused(load.Ticket, $"The model cannot be used: {error.Message}", null, [], now));
        }
    }

    private IReadOnlyList<SwapEffect> Ready(SwapEffect.Load load, WatchedModel model, WatchedModel? copy, IReadOnlyList<RuleResult> rules, DateTimeOffset now)
    {
        if (!_machine.IsAbout(load.Ticket))
        {
            model.Dispose();
            copy?.Dispose();
            return [];
        }

        (_candidate, _copy) = (model, copy);
        return _machine.SelfTested(load.Ticket, rules, now);
    }

    /// <summary>An answer comes in any case: a candidate for which something unforeseen happens is refused, and does not wait for ever.</summary>
    private void Beside(Action work)
    {
        var ticket = _machine.Ticket;
        _ = Task.Run(() =>
        {
            try
            {
                work();
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                Answer(now => _machine.Refused(ticket, error.Message, null, [], now));
            }
        });
    }

    private void Answer(Func<DateTimeOffset, IReadOnlyList<SwapEffect>> answer)
    {
        lock (_arrival)
        {
            _answers.Enqueue(answer);
            Monitor.Pulse(_arrival);
        }

        _with.Wake();
    }

    /// <summary>
    /// While there is no model the loop has nothing to score, and waits for one that is at hand, within the settings or in a file: so the first readings after
    /// the first start are not lost to it.
    /// </summary>
    private void AwaitFirst(DateTimeOffset now)
    {
        while (_live is null && IsAtHand)
        {
            lock (_arrival)
            {
                if (_answers.IsEmpty && !Monitor.Wait(_arrival, MostPatience)) return;
            }

            TakeAnswers(now);
        }
    }

    private bool IsAtHand =>
        _machine.Phase.IsInWork() && _machine.Source?.Source is (ModelSourceKind.File or ModelSourceKind.Data)
        && !(_machine.Phase == SwapPhase.Downloading && _download?.Trouble is not null);

    private void CancelWork()
    {
        _work.Cancel();
        _work.Dispose();
        _work = new CancellationTokenSource();
    }
}
