using EdgeModules.ModelTrainer.Data;
using EdgeModules.Models;

namespace EdgeModules.ModelTrainer.Evaluation;

/// <summary>Plays readings to a model in order; what is said of a reading depends on nothing after it.</summary>
internal static class Evaluator
{
    public static IEnumerable<DeviceJudgements> Judge(DataSet data, ModelManifest manifest, ModelRunner runner, AlarmRule rule)
    {
        foreach (var device in data.Devices)
        {
            var stream = new WindowStream(manifest);
            var readings = new List<Judgement>(device.Length);
            var (run, isAlarm) = (0, false);
            for (var index = 0; index < device.Length; index++)
            {
                double? score = null;
                if (stream.Add(device.Times[index], device.Reading(index, data.Features.Count), overLimit: run > 0))
                {
                    score = runner.Run(stream.Normalised).Score;
                    run = score > rule.Limit ? run + 1 : 0;
                    isAlarm = rule.IsOn(isAlarm, score.Value, run);
                }

                readings.Add(new Judgement(device.Rows[index], device.Times[index], score, isAlarm, device.Labels[index]));
            }

            yield return new DeviceJudgements(device.Id, readings);
        }
    }
}
