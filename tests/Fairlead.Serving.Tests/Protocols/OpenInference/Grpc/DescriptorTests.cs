using System.Text;
using Fairlead.Client.OpenInference;
using Fairlead.TestModels;
using Google.Protobuf.Reflection;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>Clients of others know the contract by its names and numbers; a change to them is a break.</summary>
public sealed class DescriptorTests
{
    private static string Snapshot { get; } = Path.Combine(
        Catalogue.Folder, "..", "Fairlead.Serving.Tests", "Protocols", "OpenInference", "Grpc", "open_inference.txt");

    [Fact]
    public void The_contract_is_the_committed_one()
    {
        var now = Describe(OpenInferenceReflection.Descriptor);

        // Beside the test program, to be taken over when the change is meant.
        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, Path.GetFileName(Snapshot)), now);
        File.ReadAllLines(Snapshot).ShouldBe(now.TrimEnd('\n').Split('\n'));
    }

    private static string Describe(FileDescriptor file)
    {
        var text = new StringBuilder($"package {file.Package}\n");
        foreach (var method in file.Services.SelectMany(service => service.Methods))
        {
            text.Append($"{method.FullName}({Stream(method.IsClientStreaming)}{method.InputType.FullName})");
            text.Append($" -> {Stream(method.IsServerStreaming)}{method.OutputType.FullName}\n");
        }

        foreach (var message in file.MessageTypes)
            Describe(message, text);
        return text.ToString();
    }

    private static void Describe(MessageDescriptor message, StringBuilder text)
    {
        foreach (var field in message.Fields.InFieldNumberOrder())
        {
            var type = field.FieldType == FieldType.Message ? field.MessageType.FullName : field.FieldType.ToString();
            text.Append($"{field.FullName} = {field.FieldNumber}: {(field.IsRepeated ? "repeated " : "")}{type}\n");
        }

        foreach (var nested in message.NestedTypes)
            Describe(nested, text);
    }

    private static string Stream(bool streaming) => streaming ? "stream " : "";
}
