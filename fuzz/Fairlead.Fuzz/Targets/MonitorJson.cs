using System.Text;
using Fairlead.Client.Api;
using Fairlead.Core.Monitors;
using Fairlead.Core.Refusals;
using Fairlead.Server.Monitors;
using Fairlead.Server.Problems;
using Fairlead.Server.Storage;

namespace Fairlead.Fuzz.Targets;

/// <summary>Monitors as people write them. What passes the rules is stored and read as it was.</summary>
internal sealed class MonitorJson : IFuzzTarget
{
    public static string Name => "monitor-json";

    public static IEnumerable<Type> Covers => [typeof(WrittenMonitors), typeof(MonitorRules)];

    public static IEnumerable<byte[]> Seeds =>
    [
        .. from text in (string[])[
               "{\"endpoint\":\"e\",\"every\":\"1m\",\"alert\":{\"severity\":\"page\",\"for\":\"5m\","
               + "\"labels\":{\"team\":\"x\"},\"notify\":[\"a\"]},\"drift\":{\"reference\":\"rolling:7d\","
               + "\"methods\":{\"age\":\"population_stability\"},\"thresholds\":{\"age\":0.2}}}",
               "{\"endpoint\":\"e\",\"quality\":{\"outcome\":\"label\",\"metric\":\"auc\",\"positive\":\"bad\","
               + "\"score\":\"p[1]\",\"drop\":0.02,\"by\":\"kind\",\"labelDelay\":\"7d\",\"sample\":\"10%\"}}",
               "{\"endpoint\":\"e\",\"estimate\":{\"outcome\":\"y\",\"task\":\"regression\",\"metric\":\"mae\","
               + "\"limit\":{\"max\":3},\"reference\":\"30d\"}}",
               "{\"endpoint\":\"e\",\"concept\":{\"outcome\":\"y\",\"detector\":\"page_hinkley\",\"hold\":\"1h\"}}",
               "{\"endpoint\":\"e\",\"service\":{\"metric\":\"latency:p99.9\",\"limit\":{\"min\":0,\"max\":1}}}",
               "{\"endpoint\":\"e\",\"objective\":{\"objective\":\"99.9%\",\"period\":\"28d\"}}",
               "{\"endpoint\":\"e\",\"series\":{\"series\":\"outcome:y\",\"rule\":\"forecast\",\"step\":\"1h\","
               + "\"only\":\"low\",\"utcOffset\":-5.5}}"]
           select Encoding.UTF8.GetBytes(text),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        MonitorSpec spec;
        try
        {
            spec = WrittenMonitors.Read("m", RequestBody.Decode<MonitorRequest>(data));
        }
        catch (RefusalException)
        {
            return;
        }

        var stored = StoredJson.Write(spec);
        if (StoredJson.Write(StoredJson.Read<MonitorSpec>(stored)) != stored)
            throw new InvalidOperationException("A monitor is read otherwise than it was stored.");
    }
}
