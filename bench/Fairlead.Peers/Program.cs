using Fairlead.Peers;

return args switch
{
    ["empty", var port, var answerFile] => await EmptyServer.RunAsync(int.Parse(port), File.ReadAllBytes(answerFile)),
    ["onnx", var model, var rows, var seconds] => BareOnnx.Run(model, int.Parse(rows), double.Parse(seconds)),
    ["payloads", var folder] => Payloads.Write(folder),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("fairlead-peers empty PORT ANSWER-FILE | onnx MODEL ROWS SECONDS | payloads FOLDER");
    return 2;
}
